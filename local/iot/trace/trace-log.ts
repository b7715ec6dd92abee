import type { Clock } from '../../clock.ts';
import { type RuleTraceEvent, withoutEvaluation } from '../rules/trace.ts';
import { matches } from '../topics/topic-filter.ts';
import { entryOf, LOG_LEVELS, type LogEntry, type LogFields, type LogLevel } from './entry.ts';
import { ruleEntries } from './rule-entries.ts';

export interface TraceLogOptions {
  readonly clock: Clock;
  /** Twelve digits. */
  readonly accountId: string;
  /** How many records are kept; the oldest go first. @default 10,000 */
  readonly maxRecords?: number;
  /** Memory that payloads of records may hold on to; the oldest lose theirs first. @default 64 MiB */
  readonly maxHeldBytes?: number;
}

export interface LogQuery {
  /** Only what was recorded after this sequence number. Absent: the newest. */
  readonly after?: number;
  /** Entries at most; what one record brings is never torn apart. */
  readonly limit: number;
  /** A topic filter, as AWS IoT matches it. */
  readonly topicFilter?: string;
  readonly ruleName?: string;
  readonly traceId?: string;
  /** Entries of this level and louder. @default all */
  readonly level?: LogLevel;
}

/** What a query wants, wherever it begins. */
type Wanted = Omit<LogQuery, 'after' | 'limit'>;

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** What to give as `after` to go on from here. */
  readonly next: number;
  /** Records after `after` that were dropped before they could be read. */
  readonly missed: number;
}

/** A record waits as it was handed in, and is written out when somebody reads it. */
type Kept =
  | { readonly kind: 'rule'; readonly event: RuleTraceEvent }
  | { readonly kind: 'fields'; readonly atMs: number; readonly fields: LogFields };

/**
 * The newest records of what the cloud did with messages. Recording costs one small object and keeps references;
 * the text is made for readers only. Memory is bounded: the oldest records are overwritten, and payloads, which
 * can be large, are let go of earlier than the records that they belong to.
 */
export class TraceLog {
  readonly #clock: Clock;
  readonly #accountId: string;
  readonly #ring: (Kept | undefined)[];
  readonly #maxHeldBytes: number;
  /** Sequence number of the newest record; the first one is 1. */
  #newest = 0;
  /** Sequence number of the oldest record that may still hold a payload. */
  #oldestHolding = 1;
  #heldBytes = 0;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor({ clock, accountId, maxRecords = 10_000, ...options }: TraceLogOptions) {
    this.#clock = clock;
    this.#accountId = accountId;
    this.#maxHeldBytes = options.maxHeldBytes ?? 64 * 1024 * 1024;
    this.#ring = Array.from({ length: maxRecords }, () => undefined);
  }

  /** Records what anything but the rules engine has to tell. */
  record(fields: LogFields): void {
    this.#keep({ kind: 'fields', atMs: this.#clock.now(), fields });
  }

  /** Records an event of the rules engine. */
  recordRule(event: RuleTraceEvent): void {
    this.#keep({ kind: 'rule', event });
  }

  read({ after, limit, ...wanted }: LogQuery): LogPage {
    const oldest = Math.max(1, this.#newest - this.#ring.length + 1);
    if (after === undefined) return this.#readNewest(oldest, limit, wanted);
    const entries: LogEntry[] = [];
    let next = Math.max(after, oldest - 1);
    const missed = Math.max(0, oldest - 1 - after);
    while (next < this.#newest && entries.length < limit) {
      next += 1;
      entries.push(...this.#entriesAt(next, wanted));
    }
    return { entries, next, missed };
  }

  /** Resolves when there is a record after this one, or the log is closed. */
  async changed(after: number): Promise<void> {
    if (this.#newest > after || this.#isClosed) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Lets go of those who wait for more; what was recorded can still be read. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #keep(kept: Kept): void {
    this.#newest += 1;
    const slot = this.#newest % this.#ring.length;
    const overwritten = this.#ring[slot];
    if (overwritten !== undefined) this.#heldBytes -= heldBytes(overwritten);
    this.#ring[slot] = kept;
    this.#heldBytes += heldBytes(kept);
    if (this.#heldBytes > this.#maxHeldBytes) this.#releasePayloads();
    if (this.#waiting.length > 0) this.#wake();
  }

  #releasePayloads(): void {
    this.#oldestHolding = Math.max(this.#oldestHolding, this.#newest - this.#ring.length + 1);
    while (this.#heldBytes > this.#maxHeldBytes && this.#oldestHolding <= this.#newest) {
      const slot = this.#oldestHolding % this.#ring.length;
      const kept = this.#ring[slot];
      if (kept?.kind === 'rule') {
        this.#heldBytes -= heldBytes(kept);
        this.#ring[slot] = { kind: 'rule', event: withoutEvaluation(kept.event) };
      }
      this.#oldestHolding += 1;
    }
  }

  #wake(): void {
    const resolves = this.#waiting;
    this.#waiting = [];
    for (const resolve of resolves) resolve();
  }

  #readNewest(oldest: number, limit: number, wanted: Wanted): LogPage {
    const pages: LogEntry[][] = [];
    let count = 0;
    for (let at = this.#newest; at >= oldest && count < limit; at -= 1) {
      const found = this.#entriesAt(at, wanted);
      pages.push(found);
      count += found.length;
    }
    return { entries: pages.toReversed().flat(), next: this.#newest, missed: 0 };
  }

  #entriesAt(sequence: number, wanted: Wanted): LogEntry[] {
    const kept = this.#ring[sequence % this.#ring.length];
    if (kept === undefined || !isWanted(kept, wanted)) return [];
    const isRule = kept.kind === 'rule';
    const ms = isRule ? kept.event.atMs : kept.atMs;
    const all = isRule ? ruleEntries(kept.event) : [kept.fields];
    const quietest = LOG_LEVELS.indexOf(wanted.level ?? 'DEBUG');
    const audible = all.filter(({ logLevel }) => LOG_LEVELS.indexOf(logLevel) <= quietest);
    return audible.map((fields) => entryOf(fields, { ms, accountId: this.#accountId, sequence }));
  }
}

function isWanted(kept: Kept, { topicFilter, ruleName, traceId }: Wanted): boolean {
  const { ruleName: ofRule, traceId: ofTrace } = kept.kind === 'rule' ? kept.event : kept.fields;
  const topic = kept.kind === 'rule' ? kept.event.topic : kept.fields.topicName;
  if (ruleName !== undefined && ruleName !== ofRule) return false;
  if (traceId !== undefined && traceId !== ofTrace) return false;
  return topicFilter === undefined || (topic !== undefined && matches(topicFilter, topic));
}

/** A small payload can be a part of a large block of memory that was read at once: the block is what it holds. */
function heldBytes(kept: Kept): number {
  if (kept.kind !== 'rule' || kept.event.eventType !== 'RuleMatch') return 0;
  return kept.event.evaluation?.context.payload.bytes.buffer.byteLength ?? 0;
}
