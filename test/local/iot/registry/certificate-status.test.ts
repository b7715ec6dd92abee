import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  certificateStatuses,
  nextStatus,
  requireDeletable,
  requireRegistrable,
} from '../../../../local/iot/registry/certificate-status.ts';

const refused = expect.objectContaining({ code: 'CertificateStateException', status: 406 });

test.each(['ACTIVE', 'INACTIVE', 'REVOKED'])('A certificate can be registered %s.', (status) => {
  expect(requireRegistrable(status)).toBe(status);
});

test.each(['PENDING_ACTIVATION', 'PENDING_TRANSFER', 'REGISTER_INACTIVE'])(
  "A certificate cannot be registered %s, in AWS's words.",
  (status) => {
    expect(() => requireRegistrable(status)).toThrow(refused);
    expect(() => requireRegistrable(status)).toThrow(
      `Not allowed to register certificate with ${status} status`,
    );
  },
);

test.each([
  ['PENDING_ACTIVATION', ['ACTIVE', 'INACTIVE', 'REVOKED']],
  ['ACTIVE', ['ACTIVE', 'INACTIVE', 'REVOKED']],
  ['INACTIVE', ['ACTIVE', 'INACTIVE', 'REVOKED']],
  ['REVOKED', ['REVOKED']],
  ['PENDING_TRANSFER', []],
] as const)('From %s a certificate can become %j and nothing else.', (from, reachable) => {
  const requests = [...certificateStatuses, 'REGISTER_INACTIVE', 'active', ''];
  const allowed = requests.filter((request) => {
    try {
      return nextStatus(from, request, 'id') === request;
    } catch (thrown) {
      expect(thrown).toEqual(refused);
      return false;
    }
  });
  expect(allowed.sort()).toEqual([...reachable].sort());
});

test('However a certificate is updated, nothing leads out of REVOKED or a transfer, or back to PENDING_ACTIVATION.', () => {
  const requests = fc.array(fc.constantFrom(...certificateStatuses), { maxLength: 20 });
  fc.assert(
    fc.property(fc.constantFrom(...certificateStatuses), requests, (start, wanted) => {
      let status = start;
      for (const request of wanted) {
        const before = status;
        try {
          status = nextStatus(status, request, 'id');
        } catch (thrown) {
          expect(thrown).toEqual(refused);
        }
        if (before === 'REVOKED' || before === 'PENDING_TRANSFER') expect(status).toBe(before);
        if (before !== 'PENDING_TRANSFER') expect(status).not.toBe('PENDING_TRANSFER');
        if (before !== 'PENDING_ACTIVATION') expect(status).not.toBe('PENDING_ACTIVATION');
      }
    }),
  );
});

test('Only an ACTIVE certificate cannot be deleted.', () => {
  expect(() => requireDeletable('ACTIVE', 'id')).toThrow(refused);
  for (const status of ['INACTIVE', 'REVOKED', 'PENDING_ACTIVATION', 'PENDING_TRANSFER'] as const) {
    expect(() => requireDeletable(status, 'id')).not.toThrow();
  }
});
