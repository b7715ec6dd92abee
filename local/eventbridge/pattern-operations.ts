import { z } from 'zod';
import { readInput, type Operation } from './context.ts';
import { invalid } from './errors.ts';
import { compileEventPattern } from './pattern/compile.ts';

const testInput = z.strictObject({ EventPattern: z.string(), Event: z.string() });

/** The fields of the envelope that a test event has to have. */
const REQUIRED = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];

/** TestEventPattern. */
export const patternOperations: Readonly<Record<string, Operation>> = {
  TestEventPattern(input) {
    const { EventPattern, Event } = readInput(testInput, input);
    return { Result: compileEventPattern(EventPattern)(readEvent(Event)) };
  },
};

function readEvent(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('Parameter Event is not valid. Reason: it is not JSON.');
  }
  const event: Readonly<Record<string, unknown>> = typeof parsed === 'object' ? { ...parsed } : {};
  const missing = REQUIRED.filter((name) => !Object.hasOwn(event, name));
  if (missing.length === 0) return event;
  throw invalid(`Parameter Event is not valid. Reason: it lacks ${missing.join(', ')}.`);
}
