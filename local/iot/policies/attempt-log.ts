import type { Decision } from './bind.ts';
import type { Explanation } from './explanation.ts';

/** Distinct attempts that are kept of one client or certificate, and how many of either are kept. */
const MAX_ATTEMPTS = 20;
const MAX_IDENTITIES = 1_000;

/** Who made an attempt; what is not known is left out. */
export interface Attempter {
  readonly clientId?: string;
  readonly certificateId?: string;
}

/** What somebody tried, with the reason for the answer. */
export interface ExplainedAttempt extends Attempter {
  /** When it was tried last, ISO 8601. */
  readonly at: string;
  /** How many times, as long as nothing else pushed it out of the log. */
  readonly count: number;
  readonly explanation: Explanation;
}

interface Attempt {
  atMs: number;
  count: number;
  readonly attempter: Attempter;
  /** The last of them: it holds the policies as they were then. */
  decision: Decision;
}

/**
 * The last decisions about each client and each certificate, for `glasshouse why`. Recording is cheap enough
 * for every message: the reasons are worked out only when somebody asks.
 */
export class AttemptLog {
  readonly #byClientId = new Map<string, Attempt[]>();
  readonly #byCertificateId = new Map<string, Attempt[]>();
  readonly #nowMs: () => number;

  /** @param nowMs milliseconds since the epoch */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Notes a decision under the client's and the certificate's id. The same one again only counts. */
  record(attempter: Attempter, decision: Decision): void {
    const { clientId, certificateId } = attempter;
    const atMs = this.#nowMs();
    if (clientId !== undefined) note(listOf(this.#byClientId, clientId), attempter, decision, atMs);
    if (certificateId !== undefined) {
      note(listOf(this.#byCertificateId, certificateId), attempter, decision, atMs);
    }
  }

  /** What a client or a certificate tried, the last attempt first; undefined when nothing of it is known. */
  attemptsOf(id: string): readonly ExplainedAttempt[] | undefined {
    const attempts = this.#byClientId.get(id) ?? this.#byCertificateId.get(id);
    return attempts?.toReversed().map(({ attempter, atMs, count, decision }) => ({
      ...attempter,
      at: new Date(atMs).toISOString(),
      count,
      explanation: decision.explain(),
    }));
  }

  /** Forgets everything that was tried. */
  clear(): void {
    this.#byClientId.clear();
    this.#byCertificateId.clear();
  }

  /** The ids that something is known of, those last: for whoever asked for one that is not. */
  knownIds(limit: number): readonly string[] {
    const clientIds = [...this.#byClientId.keys()].toReversed();
    const certificateIds = [...this.#byCertificateId.keys()].toReversed();
    return [...clientIds, ...certificateIds].slice(0, limit);
  }
}

function listOf(lists: Map<string, Attempt[]>, id: string): Attempt[] {
  const known = lists.get(id);
  if (known !== undefined) return known;
  if (lists.size >= MAX_IDENTITIES) {
    // Maps keep the order of insertion: the first is the one that came first.
    const [oldest] = lists.keys();
    if (oldest !== undefined) lists.delete(oldest);
  }
  const made: Attempt[] = [];
  lists.set(id, made);
  return made;
}

function note(attempts: Attempt[], attempter: Attempter, decision: Decision, atMs: number): void {
  const index = attempts.findLastIndex((one) => isSame(one, attempter, decision));
  const [again] = index === -1 ? [] : attempts.splice(index, 1);
  if (again !== undefined) {
    again.atMs = atMs;
    again.count += 1;
    again.decision = decision;
    attempts.push(again);
    return;
  }
  if (attempts.length >= MAX_ATTEMPTS) attempts.shift();
  attempts.push({ atMs, count: 1, attempter, decision });
}

function isSame({ attempter, decision: known }: Attempt, by: Attempter, decision: Decision): boolean {
  return (
    known.request.resource === decision.request.resource &&
    known.request.action === decision.request.action &&
    known.isAllowed === decision.isAllowed &&
    known.refusal?.effect === decision.refusal?.effect &&
    known.refusal?.reason === decision.refusal?.reason &&
    attempter.clientId === by.clientId &&
    attempter.certificateId === by.certificateId
  );
}
