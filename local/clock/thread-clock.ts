import { SharedTime } from './shared-time.ts';

/** What is replaced: `globalThis`, or an object like it in tests. */
export interface ClockGlobals {
  Date: DateConstructor;
}

/**
 * Lets a thread live in the cloud's time: `Date.now()`, `new Date()`, `Date()` and Intl's formats of "now" say what
 * the clock of the cloud says, at once also when it is advanced or changes its speed. Everything else of `Date` is
 * as it was, and so are dates that exist. Timers, `performance.now()` and `process.hrtime()` stay real: they
 * measure how long something takes on this machine.
 *
 * Call it before the code that shall not know of it is loaded.
 *
 * @param memory `AdjustableClock.shared`, as it came with the thread's data.
 */
export function installThreadClock(
  memory: SharedArrayBuffer,
  globals: ClockGlobals = globalThis,
): { uninstall(): void } {
  const time = new SharedTime(memory);
  const RealDate = globals.Date;
  const realNow = RealDate.now;
  const now = (): number => Math.floor(time.at(realNow()));
  const CloudDate = new Proxy(RealDate, {
    construct(target, given, newTarget) {
      const date: object = Reflect.construct(
        target,
        given.length === 0 ? [now()] : given,
        newTarget === CloudDate ? target : newTarget,
      );
      return date;
    },
    // Without `new` it is text, whatever it is given.
    apply: (target) => new target(now()).toString(),
  });
  RealDate.now = now;
  // `date.constructor === Date` has to hold, also for dates that were made by Node itself.
  RealDate.prototype.constructor = CloudDate;
  globals.Date = CloudDate;
  const uninstallIntl = installIntl(now);
  return {
    uninstall() {
      RealDate.now = realNow;
      RealDate.prototype.constructor = RealDate;
      globals.Date = RealDate;
      uninstallIntl();
    },
  };
}

/** `new Intl.DateTimeFormat().format()` formats now: the one way to the time that does not lead over `Date`. */
function installIntl(now: () => number): () => void {
  const { prototype } = Intl.DateTimeFormat;
  const format = Object.getOwnPropertyDescriptor(prototype, 'format');
  const formatToParts = Object.getOwnPropertyDescriptor(prototype, 'formatToParts');
  if (format === undefined || formatToParts === undefined) return () => undefined;
  const getFormat: unknown = Reflect.get(format, 'get');
  const realToParts: unknown = formatToParts.value;
  if (typeof getFormat !== 'function' || typeof realToParts !== 'function') return () => undefined;
  Object.defineProperty(prototype, 'format', {
    ...format,
    get(this: Intl.DateTimeFormat) {
      const real: unknown = Reflect.apply(getFormat, this, []);
      if (typeof real !== 'function') return real;
      return (date?: unknown): unknown => Reflect.apply(real, undefined, [date === undefined ? now() : date]);
    },
  });
  Object.defineProperty(prototype, 'formatToParts', {
    ...formatToParts,
    value(this: Intl.DateTimeFormat, date?: unknown): unknown {
      return Reflect.apply(realToParts, this, [date === undefined ? now() : date]);
    },
  });
  return () => {
    Object.defineProperty(prototype, 'format', format);
    Object.defineProperty(prototype, 'formatToParts', formatToParts);
  };
}
