import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ring } from '../../src/logic/ring.ts';
import { sparkBlocks, sparkLine } from '../../src/logic/spark_geometry.ts';
import { BUCKET_MS, SPARK_POINTS, SparkRing } from '../../src/logic/spark_ring.ts';

const values = (spark: SparkRing) =>
  Array.from({ length: spark.points.length }, (_, i) => spark.points.value(i));

test('a ring forgets the oldest', () => {
  const ring = new Ring(3);
  for (let i = 0; i < 5; i += 1) ring.push(i, i * 10);
  assert.deepEqual(
    [0, 1, 2].map((i) => [ring.time(i), ring.value(i)]),
    [
      [2, 20],
      [3, 30],
      [4, 40],
    ],
  );
  assert.equal(ring.lastTime(), 4);
});

test('a bucket is the mean of its numbers, or a state’s last', () => {
  const mean = new SparkRing(false);
  const last = new SparkRing(true);
  for (const spark of [mean, last]) {
    spark.add(0, 1);
    spark.add(1, 3);
    spark.add(BUCKET_MS, 7);
  }
  assert.deepEqual(
    [values(mean), values(last)],
    [
      [2, 7],
      [3, 7],
    ],
  );
});

test('a fault alone in its bucket is a hole', () => {
  const spark = new SparkRing(false);
  spark.add(0, 1);
  spark.add(BUCKET_MS, Number.NaN);
  spark.add(2 * BUCKET_MS, 3);
  assert.ok(Number.isNaN(values(spark)[1]));
  assert.equal(sparkLine(spark.points, 3 * BUCKET_MS, 1000, 100, 30).runs.length, 2);
});

test('history stands before what came live, which it never overwrites', () => {
  const spark = new SparkRing(false);
  spark.add(10 * BUCKET_MS, 5);
  spark.fill([0, BUCKET_MS, 10 * BUCKET_MS, 11 * BUCKET_MS], [1, 2, 99, 99]);
  assert.deepEqual(values(spark), [1, 2, 5]);
});

test('a sparkline holds ten minutes however fast its series is', () => {
  const spark = new SparkRing(false);
  for (let time = 0; time < 2 * SPARK_POINTS * BUCKET_MS; time += 1000) spark.add(time, 1);
  assert.equal(spark.points.length, SPARK_POINTS + 1);
});

test('every point lies inside of its picture, whatever the numbers', () => {
  for (const numbers of [[5], [5, 5, 5], [1e300, -1e300], [0, 1e-300], [1, Number.NaN, 2]]) {
    const spark = new SparkRing(false);
    for (const [i, value] of numbers.entries()) spark.add(i * BUCKET_MS, value);
    for (const run of sparkLine(spark.points, numbers.length * BUCKET_MS, 1000, 100, 30).runs) {
      for (let i = 0; i < run.length; i += 2) {
        assert.ok(run[i]! >= -10 && run[i]! <= 100, `x ${run[i]}`);
        assert.ok(run[i + 1]! >= 0 && run[i + 1]! <= 30, `y ${run[i + 1]} of ${numbers}`);
      }
    }
  }
});

test('a state is blocks that touch, equal neighbours joined', () => {
  const spark = new SparkRing(true);
  for (const [i, value] of [0, 0, 1, 1].entries()) spark.add(i * BUCKET_MS, value);
  const blocks = sparkBlocks(spark.points, 60_000, 120);
  assert.deepEqual(
    blocks.map(({ value }) => value),
    [0, 1],
  );
  assert.equal(blocks[0]!.x + blocks[0]!.width, blocks[1]!.x);
  assert.equal(blocks[1]!.x + blocks[1]!.width, 120);
});
