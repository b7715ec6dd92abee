import { z } from 'zod';
import { busName, readInput, type EventBridgeContext, type Operation } from './context.ts';
import { invalid } from './errors.ts';
import { envelope, type BusEvent } from './event.ts';

const MAX_ENTRIES = 10;

/** Of all entries of a request together. */
const MAX_BYTES = 1_048_576;

/** What the time of an entry counts, whatever it is. */
const TIME_BYTES = 14;

/** A detail that is nested deeper than this cannot be written as JSON again. */
const MAX_DEPTH = 500;

const entrySchema = z.object({
  /** Seconds since the epoch. */
  Time: z.number().optional(),
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Resources: z.array(z.string()).default([]),
  EventBusName: busName,
  /** For X-Ray, which there is not here. */
  TraceHeader: z.string().max(500).optional(),
});
type Entry = z.infer<typeof entrySchema>;

const putInput = z.strictObject({
  Entries: z.array(entrySchema).min(1).max(MAX_ENTRIES),
});

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** PutEvents: each entry is taken or refused on its own. */
export function putEventsOperations(context: EventBridgeContext): Readonly<Record<string, Operation>> {
  const { clock, place, newId } = context;

  function put(entry: Entry): EntryError | { readonly EventId: string } {
    const error = refusal(entry);
    if (error !== undefined) return error;
    const detail = readDetail(entry.Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    const nowMs = clock.now();
    const event = envelope({
      id: newId(),
      source: entry.Source,
      detailType: entry.DetailType,
      account: place.accountId,
      region: place.region,
      timeMs: entry.Time === undefined ? nowMs : entry.Time * 1_000,
      resources: entry.Resources,
      detail,
    });
    dispatch(context, entry.EventBusName, event);
    return { EventId: event.id };
  }

  return {
    PutEvents(input) {
      const { Entries } = readInput(putInput, input);
      if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAX_BYTES) {
        throw invalid('Total size of the entries in the request is over the limit.');
      }
      const results = Entries.map(put);
      return {
        FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
        Entries: results,
      };
    },
  };
}

/**
 * Gives an event to the rules of a bus that it meets. An event for a bus that there is not is told and lost: AWS takes
 * it without a word.
 */
export function dispatch(context: EventBridgeContext, toBus: string, event: BusEvent): void {
  const { book, delivery, clock, log } = context;
  if (book.findBus(toBus) === undefined) {
    log('an event is lost: there is no such bus', { bus: toBus, eventId: event.id, source: event.source });
    return;
  }
  const fields: Readonly<Record<string, unknown>> = { ...event };
  for (const rule of book.rulesOf(toBus)) {
    if (rule.isEnabled && rule.matches?.(fields) === true) delivery.start(event, rule, clock.now());
  }
}

function refusal({ Source, DetailType, Detail, Time }: Entry): EntryError | undefined {
  for (const [name, value] of Object.entries({ Source, DetailType, Detail })) {
    if (value !== '') continue;
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
    };
  }
  if (Source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSource', ErrorMessage: 'Not authorized for the source.' };
  }
  if (Time !== undefined && Number.isNaN(new Date(Time * 1_000).getTime())) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter Time is not valid. Reason: it is no time.',
    };
  }
  return undefined;
}

/** A JSON object; undefined when it is none. */
function readDetail(text: string): Readonly<Record<string, unknown>> | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? { ...detail }
      : undefined;
  } catch {
    return undefined;
  }
}

function isTooDeep(json: string): boolean {
  let depth = 0;
  for (const token of json.match(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs) ?? []) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

function sizeOf({ Time, Source, DetailType, Detail, Resources }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes + (Time === undefined ? 0 : TIME_BYTES);
}
