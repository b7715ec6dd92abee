/** An event in EventBridge's envelope: what rules are matched against, and what targets are given. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  /** Twelve digits. */
  readonly account: string;
  /** ISO 8601 in UTC, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface NewEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly account: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly resources?: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Puts an event into its envelope, its fields in the order in which AWS writes them. */
export function envelope({
  id,
  source,
  detailType,
  account,
  region,
  timeMs,
  resources,
  detail,
}: NewEvent): BusEvent {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source,
    account,
    time: toSecond(timeMs),
    region,
    resources: resources ?? [],
    detail,
  };
}

/** `2026-11-21T10:00:00Z` */
export function toSecond(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
