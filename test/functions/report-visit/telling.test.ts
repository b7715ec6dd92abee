import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyLog, type CareLog } from '../../../functions/report-visit/log.ts';
import { takeEvent } from '../../../functions/report-visit/take-event.ts';
import { markTold, TELLING_MS } from '../../../functions/report-visit/telling.ts';
import { careEvent, DURAND, MINUTE_MS, T0 } from './support.ts';

test('An invocation ends before its lease, and the lease before Lambda tries again.', () => {
  const file = path.join(import.meta.dirname, '../../../functions/report-visit/function.yml');
  const [, timeoutSeconds] = /^timeout: (\d+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  expect(Number(timeoutSeconds) * 1000).toBeLessThan(TELLING_MS);
  expect(TELLING_MS).toBeLessThan(MINUTE_MS);
});

const STEPS = fc.array(
  fc.oneof(
    fc.record({ step: fc.constant('deliver' as const) }),
    fc.record({ step: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: TELLING_MS }) }),
    fc.record({ step: fc.constant('told' as const) }),
    fc.record({ step: fc.constant('failed' as const) }),
  ),
  { maxLength: 30 },
);

test('However deliveries, failures and time fall, one at a time tells of an event, and nobody once it is told.', () => {
  fc.assert(
    fc.property(STEPS, (steps) => {
      const arrival = careEvent(0, 'arrival', { seqNumber: 1 });
      let log: CareLog = emptyLog(DURAND);
      let nowMs = T0;
      let tellerUntilMs: number | undefined;
      let isTold = false;
      for (const one of steps) {
        if (one.step === 'wait') nowMs += one.ms;
        // Lambda ends an invocation before its lease does.
        if (tellerUntilMs !== undefined && nowMs >= tellerUntilMs) tellerUntilMs = undefined;
        if (one.step === 'failed') tellerUntilMs = undefined;
        if (one.step === 'told' && tellerUntilMs !== undefined) {
          log = markTold(log, arrival);
          isTold = true;
          tellerUntilMs = undefined;
        }
        if (one.step !== 'deliver') continue;
        const taken = takeEvent(log, arrival, DURAND, nowMs);
        if (isTold) expect(taken).toEqual({ kind: 'known' });
        if (tellerUntilMs !== undefined) expect(taken.kind).toBe('being-told');
        if (!('next' in taken)) continue;
        expect(taken.notices).toEqual([{ kind: 'arrival', carer: 1, atMs: T0 }]);
        log = taken.next;
        tellerUntilMs = nowMs + TELLING_MS;
      }
      // Delivered once more after any lease, it is told if it was not.
      const last = takeEvent(log, arrival, DURAND, nowMs + TELLING_MS);
      expect(last.kind).toBe(isTold ? 'known' : log.events.length === 0 ? 'taken' : 'untold');
    }),
    { numRuns: 300 },
  );
});
