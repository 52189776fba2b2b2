import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../src/api/base.ts';
import { baseOf } from '../../src/logic/base_path.ts';

test('the page finds its base path by the address of its script', () => {
  assert.equal(baseOf('/assets/app-3F9C2A.js'), '');
  assert.equal(baseOf('/telltale/assets/app-3F9C2A.js'), '/telltale');
  assert.equal(baseOf('/a/assets/b/assets/app-3F9C2A.js'), '/a/assets/b');
  assert.equal(BASE, '');
});
