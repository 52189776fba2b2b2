// Where the page lies on its host: '' at the root, '/telltale' behind a proxy that has other pages too. The script
// knows by its own address, which is BASE/assets/NAME.js.
import { baseOf } from '../logic/base_path.ts';

const own = new URL(import.meta.url);

export const BASE: string = own.protocol.startsWith('http') ? baseOf(own.pathname) : '';
