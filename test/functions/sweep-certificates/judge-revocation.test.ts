import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeRevocation, type Withdrawal } from '../../../functions/sweep-certificates/judge-revocation.ts';
import type { CrlEntry } from '../../../shared/x509/crl.ts';

const SEED = 20_261_121;
const forGood: CrlEntry = { revokedAtMs: 1_000, reasonCode: 1 };
const onHold: CrlEntry = { revokedAtMs: 2_000, reasonCode: 6 };

const revoked: Withdrawal = { kind: 'revoked', revokedAtMs: 1_000, reasonCode: 1, isDone: true };
const held: Withdrawal = { kind: 'on-hold', revokedAtMs: 2_000, reasonCode: 6, isDone: true };
const begun = (withdrawal: Withdrawal): Withdrawal => ({ ...withdrawal, isDone: false });

const nothing = { kind: 'nothing' };
const forget = { kind: 'forget' };
const revoke = { kind: 'withdraw', withdrawal: begun(revoked) };
const hold = { kind: 'withdraw', withdrawal: begun(held) };

test.each<[string, Withdrawal | undefined, CrlEntry | undefined | 'unknown', object]>([
  // The table at judgeRevocation, line by line.
  ['ACTIVE', undefined, undefined, nothing],
  ['ACTIVE', undefined, onHold, hold],
  ['ACTIVE', undefined, forGood, revoke],
  ['ACTIVE', undefined, 'unknown', nothing],
  ['ACTIVE', held, undefined, forget],
  ['ACTIVE', held, onHold, nothing],
  ['ACTIVE', held, forGood, revoke],
  ['ACTIVE', held, 'unknown', nothing],
  ['INACTIVE', undefined, undefined, nothing],
  ['INACTIVE', undefined, onHold, nothing],
  ['INACTIVE', undefined, forGood, revoke],
  ['INACTIVE', undefined, 'unknown', nothing],
  ['INACTIVE', held, undefined, { kind: 'hold-ended' }],
  ['INACTIVE', held, onHold, nothing],
  ['INACTIVE', held, forGood, revoke],
  ['INACTIVE', held, 'unknown', nothing],
  ['REVOKED', undefined, forGood, nothing],
  ['REVOKED', revoked, forGood, nothing],
  ['REVOKED', revoked, undefined, nothing],
  ['ACTIVE', begun(revoked), undefined, forget],
  ['ACTIVE', begun(held), undefined, forget],
  ['ACTIVE', begun(held), onHold, hold],
  ['ACTIVE', begun(held), forGood, revoke],
  ['ACTIVE', begun(revoked), 'unknown', revoke],
  ['INACTIVE', begun(held), undefined, hold],
  ['REVOKED', begun(revoked), undefined, revoke],
  ['REVOKED', begun(revoked), 'unknown', revoke],
  // One that was deleted and registered anew, and works: what is remembered says nothing about it.
  ['ACTIVE', revoked, forGood, revoke],
  ['ACTIVE', revoked, undefined, forget],
  ['PENDING_ACTIVATION', undefined, forGood, nothing],
  ['PENDING_TRANSFER', undefined, forGood, nothing],
])('%s, remembered %j, on the list %j: %j.', (status, remembered, entry, expected) => {
  expect(judgeRevocation(status, remembered, entry)).toEqual(expected);
});

test(`What was judged and done is done: judged again, it is nothing (seed ${SEED}).`, () => {
  const entry = fc.constantFrom<CrlEntry | undefined | 'unknown'>(undefined, 'unknown', forGood, onHold);
  const remembered = fc.constantFrom(undefined, held, revoked, begun(held), begun(revoked));
  fc.assert(
    fc.property(
      fc.constantFrom('ACTIVE', 'INACTIVE', 'REVOKED'),
      remembered,
      entry,
      (status, known, found) => {
        const verdict = judgeRevocation(status, known, found);
        const after = {
          status:
            verdict.kind !== 'withdraw' || status === 'REVOKED'
              ? status
              : { revoked: 'REVOKED', 'on-hold': 'INACTIVE' }[verdict.withdrawal.kind],
          known:
            verdict.kind === 'nothing'
              ? known
              : verdict.kind === 'withdraw'
                ? { ...verdict.withdrawal, isDone: true }
                : undefined,
        };
        const again = judgeRevocation(after.status, after.known, found).kind;
        // What was begun because of a list that has changed meanwhile is done to its end, and then taken back.
        const isTakenBack = verdict.kind === 'withdraw' && found === undefined && after.status === 'INACTIVE';
        expect(again).toBe(isTakenBack ? 'hold-ended' : 'nothing');
      },
    ),
    { seed: SEED, numRuns: 500 },
  );
});

test(`Nobody is withdrawn where nobody can say, unless that was begun before (seed ${SEED}).`, () => {
  const status = fc.constantFrom('ACTIVE', 'INACTIVE', 'REVOKED', 'PENDING_ACTIVATION', 'PENDING_TRANSFER');
  fc.assert(
    fc.property(status, fc.constantFrom(undefined, held, revoked), (one, known) => {
      expect(judgeRevocation(one, known, 'unknown')).toEqual(nothing);
    }),
    { seed: SEED },
  );
});
