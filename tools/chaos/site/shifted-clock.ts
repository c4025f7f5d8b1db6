/**
 * Loaded into a program before anything else: gives it a wall clock that can be set, as an administrator, a broken
 * battery or a wrong time server would. CHAOS_CLOCK names a file with milliseconds to add, read at the start and at
 * every SIGUSR2. What measures spans (`performance.now`) goes on as on a real machine.
 */
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK ?? '';
let shiftMs = 0;

const read = (): void => {
  shiftMs = Number(readFileSync(file, 'utf8'));
};

const RealDate = Date;
const nowMs = (): number => RealDate.now() + shiftMs;

const handler: ProxyHandler<DateConstructor> = {
  construct: (target, parameters, newTarget) =>
    // Nothing given is the present; all else is a time of its own.
    Reflect.construct(target, parameters.length === 0 ? [nowMs()] : parameters, newTarget),
  apply: () => new RealDate(nowMs()).toString(),
  get: (target, name, receiver) => (name === 'now' ? nowMs : Reflect.get(target, name, receiver)),
};

read();
process.on('SIGUSR2', read);
globalThis.Date = new Proxy(RealDate, handler);
