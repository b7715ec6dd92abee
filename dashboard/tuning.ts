import type { ResultSettings } from './result.ts';
import { TUNABLE, type Tunable } from './slider-scale.ts';

/** Whom a change is for: one device, or all of them. */
export type Scope = { readonly device: string } | 'all';

export type ChangeState =
  | { readonly kind: 'settled' }
  /** Value: what was asked for; null for the default. */
  | { readonly kind: 'waiting'; readonly value: number | null }
  /** Carried by the results of `devices` of the `heard` devices that results came from since. */
  | { readonly kind: 'applied'; readonly devices: number; readonly heard: number };

interface Change {
  readonly name: Tunable;
  readonly scope: Scope;
  /** Null: back to the default, whatever that is. */
  readonly value: number | null;
  readonly sentAtMs: number;
  /** Per device that was heard since: the value before, and whether its results carry the change. */
  readonly heard: Map<string, { readonly before: number; applied: boolean }>;
}

/**
 * A reset whose results stay as they were has nothing to change. So long until that can be told: settings of
 * one device hold from its next reading on, those for all devices within 30 s.
 */
const RESET_PATIENCE_MS = { one: 3000, all: 32_000 };

/** Follows the changes that were published until the results carry them. */
export class Tuning {
  readonly #changes = new Map<string, Change>();

  /** A change was published. The last one of a scope and setting counts. */
  published(scope: Scope, name: Tunable, value: number | null, nowMs: number): void {
    this.#changes.set(keyOf(scope, name), { name, scope, value, sentAtMs: nowMs, heard: new Map() });
  }

  /** A device's result came in with these settings; `before` is what its previous result carried. */
  observed(device: string, settings: ResultSettings, before: ResultSettings, nowMs: number): void {
    for (const name of TUNABLE) {
      this.#observe(keyOf({ device }, name), device, settings[name], before[name], nowMs);
      this.#observe(keyOf('all', name), device, settings[name], before[name], nowMs);
    }
  }

  state(scope: Scope, name: Tunable): ChangeState {
    const change = this.#changes.get(keyOf(scope, name));
    if (change === undefined) return { kind: 'settled' };
    const devices = [...change.heard.values()].filter(({ applied }) => applied).length;
    if (devices > 0) return { kind: 'applied', devices, heard: change.heard.size };
    return { kind: 'waiting', value: change.value };
  }

  #observe(key: string, device: string, now: number, previous: number, nowMs: number): void {
    const change = this.#changes.get(key);
    if (change === undefined) return;
    const known = change.heard.get(device) ?? { before: previous, applied: false };
    const carries =
      change.value === null ? this.#isReset(change, known, now, nowMs) : same(now, change.value);
    // Somebody else has moved it since: what the page asked for is history.
    if (known.applied && !carries && change.scope !== 'all') {
      this.#changes.delete(key);
      return;
    }
    known.applied = carries;
    change.heard.set(device, known);
  }

  #isReset(change: Change, known: { before: number; applied: boolean }, now: number, nowMs: number): boolean {
    const patience = change.scope === 'all' ? RESET_PATIENCE_MS.all : RESET_PATIENCE_MS.one;
    return known.applied || !same(now, known.before) || nowMs - change.sentAtMs >= patience;
  }
}

/** A number comes back from the table with all its digits; this allows for one that does not. */
function same(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.abs(right);
}

function keyOf(scope: Scope, name: Tunable): string {
  return `${name} ${scope === 'all' ? 'all' : `one ${scope.device}`}`;
}
