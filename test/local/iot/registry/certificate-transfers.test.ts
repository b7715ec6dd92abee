import {
  AcceptCertificateTransferCommand,
  AttachPolicyCommand,
  CancelCertificateTransferCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DetachPolicyCommand,
  ListOutgoingCertificatesCommand,
  RejectCertificateTransferCommand,
  TransferCertificateCommand,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT_ID, allow, certificateArn, REGION, startSecurity } from './security-support.ts';

const OTHER = '111111111111';
let cloud: Awaited<ReturnType<typeof startSecurity>>;

beforeEach(async () => {
  cloud = await startSecurity();
});
afterEach(async () => {
  await cloud.close();
});

/** Makes a certificate and gives its id. */
async function create(setAsActive = false): Promise<string> {
  const { certificateId = '' } = await cloud.client.send(
    new CreateKeysAndCertificateCommand({ setAsActive }),
  );
  return certificateId;
}
const transfer = (certificateId: string, targetAwsAccount = OTHER, transferMessage?: string) =>
  cloud.client.send(new TransferCertificateCommand({ certificateId, targetAwsAccount, transferMessage }));
const accept = (certificateId: string, setAsActive?: boolean) =>
  cloud.client.send(new AcceptCertificateTransferCommand({ certificateId, setAsActive }));
const reject = (certificateId: string, rejectReason?: string) =>
  cloud.client.send(new RejectCertificateTransferCommand({ certificateId, rejectReason }));
const cancel = (certificateId: string) =>
  cloud.client.send(new CancelCertificateTransferCommand({ certificateId }));
const describe = async (certificateId: string) =>
  (await cloud.client.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription;
const outgoing = async () =>
  (await cloud.client.send(new ListOutgoingCertificatesCommand({}))).outgoingCertificates;

test('A certificate on its way waits, and is listed until it is answered.', async () => {
  const id = await create();
  const changes: (string | undefined)[] = [];
  cloud.context.changes.onCertificateChange((_id, status) => changes.push(status));
  const now = new Date(cloud.clock.now());
  expect(await transfer(id.toUpperCase(), OTHER, 'for you')).toMatchObject({
    transferredCertificateArn: `arn:aws:iot:${REGION}:${OTHER}:cert/${id}`,
  });
  expect(await describe(id)).toMatchObject({
    status: 'PENDING_TRANSFER',
    ownedBy: ACCOUNT_ID,
    transferData: { transferMessage: 'for you', transferDate: now },
  });
  expect(await outgoing()).toEqual([
    {
      certificateArn: certificateArn(id),
      certificateId: id,
      transferredTo: OTHER,
      transferDate: now,
      transferMessage: 'for you',
      creationDate: now,
    },
  ]);
  await expect(
    cloud.client.send(new UpdateCertificateCommand({ certificateId: id, newStatus: 'ACTIVE' })),
  ).rejects.toMatchObject({ name: 'CertificateStateException' });
  await accept(id);
  expect(await outgoing()).toEqual([]);
  expect(changes).toEqual(['PENDING_TRANSFER', 'INACTIVE']);
});

test.each([
  ['accepted', accept, 'INACTIVE', OTHER],
  ['accepted and set active', (id: string) => accept(id, true), 'ACTIVE', OTHER],
  ['rejected', (id: string) => reject(id, 'not mine'), 'INACTIVE', ACCOUNT_ID],
  ['cancelled', cancel, 'INACTIVE', ACCOUNT_ID],
])('A transfer that is %s is over.', async (_how, answer, status, ownedBy) => {
  const id = await create();
  await transfer(id);
  await answer(id);
  expect(await describe(id)).toMatchObject({ status, ownedBy });
  for (const again of [accept, reject, cancel]) {
    await expect(again(id)).rejects.toMatchObject({
      name: 'TransferAlreadyCompletedException',
      $metadata: { httpStatusCode: 410 },
    });
  }
});

test('A description tells how a transfer ended, and nothing of one that was cancelled.', async () => {
  const id = await create();
  await transfer(id);
  await cancel(id);
  expect((await describe(id))?.transferData).toBeUndefined();
  await transfer(id);
  cloud.clock.advance(60_000);
  const now = new Date(cloud.clock.now());
  await reject(id, 'not mine');
  expect((await describe(id))?.transferData).toMatchObject({ rejectReason: 'not mine', rejectDate: now });
  await transfer(id);
  await accept(id);
  const accepted = await describe(id);
  expect(accepted?.transferData).toEqual({ transferDate: now, acceptDate: now });
  expect(accepted).toMatchObject({ ownedBy: OTHER, previousOwnedBy: ACCOUNT_ID });
  // Back again: the other side is here too.
  await transfer(id, ACCOUNT_ID);
  await accept(id);
  expect(await describe(id)).toMatchObject({ ownedBy: ACCOUNT_ID, previousOwnedBy: OTHER });
});

test('Only an inactive certificate without policies goes to another account.', async () => {
  const id = await create(true);
  await expect(transfer(id)).rejects.toMatchObject({ name: 'CertificateStateException' });
  await cloud.client.send(new UpdateCertificateCommand({ certificateId: id, newStatus: 'INACTIVE' }));
  await cloud.client.send(
    new CreatePolicyCommand({ policyName: 'all', policyDocument: allow('iot:Connect') }),
  );
  const attachment = { policyName: 'all', target: certificateArn(id) };
  await cloud.client.send(new AttachPolicyCommand(attachment));
  await expect(transfer(id)).rejects.toMatchObject({
    name: 'TransferConflictException',
    $metadata: { httpStatusCode: 409 },
  });
  await cloud.client.send(new DetachPolicyCommand(attachment));
  await expect(transfer(id, ACCOUNT_ID)).rejects.toMatchObject({ name: 'InvalidRequestException' });
  await transfer(id);
  await expect(transfer(id)).rejects.toMatchObject({ name: 'CertificateStateException' });
});

test('What never was on its way cannot be answered, and a certificate that goes takes its transfer along.', async () => {
  const id = await create();
  for (const answer of [accept, reject, cancel]) {
    await expect(answer(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(answer('0'.repeat(64))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  }
  await expect(transfer('0'.repeat(64))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await transfer(id);
  await cloud.client.send(new DeleteCertificateCommand({ certificateId: id }));
  expect(await outgoing()).toEqual([]);
});

test('Outgoing certificates are listed in pages, in both directions.', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const id = await create();
    cloud.clock.advance(1_000);
    await transfer(id);
    ids.push(id);
  }
  for (const ascendingOrder of [true, false]) {
    const listed: (string | undefined)[] = [];
    let marker: string | undefined;
    do {
      const page = await cloud.client.send(
        new ListOutgoingCertificatesCommand({ pageSize: 2, ascendingOrder, marker }),
      );
      listed.push(...(page.outgoingCertificates ?? []).map(({ certificateId }) => certificateId));
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(listed).toEqual(ascendingOrder ? ids : ids.toReversed());
  }
});
