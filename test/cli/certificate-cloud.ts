import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreatePolicyCommand,
  DescribeCertificateCommand,
  IoTClient,
  ListAttachedPoliciesCommand,
  ListThingPrincipalsCommand,
} from '@aws-sdk/client-iot';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { command } from '../../cli/commands/certificate.ts';
import { command as devices } from '../../cli/commands/devices.ts';
import { command as why } from '../../cli/commands/why.ts';
import type { Command } from '../../cli/command.ts';
import { readDevice } from '../../shared/device-registry/read-devices.ts';
import { startTestCloud } from '../support/cloud.ts';
import { runCommand } from './run-command.ts';

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }],
});

const table = (key: string) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
  },
});

export type CertificateCloud = Awaited<ReturnType<typeof startCertificateCloud>>;

/** The id that `certificate` has told of; `none` where it has told of none. */
export const idIn = (out: string): string => /^(?:issued|waits ) ([0-9a-f]{64})$/m.exec(out)?.[1] ?? 'none';

/** A cloud with what `certificate` needs, the policy "devices", and a folder that it is run in. */
export async function startCertificateCloud() {
  const cloud = await startTestCloud({
    resources: {
      CertificatesBucket: { Type: 'AWS::S3::Bucket', Properties: {} },
      DevicesTable: table('thingName'),
      HeldCertificatesTable: table('certificateId'),
    },
  });
  const client = new IoTClient(cloud.sdk);
  const s3 = new S3Client({ ...cloud.sdk, forcePathStyle: true });
  const dynamodb = new DynamoDBClient(cloud.sdk);
  const folder = mkdtempSync(path.join(tmpdir(), 'glasshouse-certificate-'));
  const { resources } = cloud.running;
  await client.send(new CreatePolicyCommand({ policyName: 'devices', policyDocument: POLICY }));
  const runner =
    (name: string, run: Command) =>
    (...words: string[]) =>
      runCommand(name, run, words, { cwd: folder, env: { GLASSHOUSE_FOLDER: cloud.folder } });
  return {
    cloud,
    client,
    s3,
    folder,
    bucket: resources['CertificatesBucket'] ?? '',
    certificate: runner('certificate', command),
    devices: runner('devices', devices),
    why: runner('why', why),
    recordOf: (thingName: string) =>
      readDevice({ client: dynamodb, tableName: resources['DevicesTable'] ?? '' }, thingName),
    async certificatesOf(thingName: string) {
      const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
      return Promise.all(
        principals.map(async (target) => {
          const certificateId = target.split('/')[1] ?? '';
          const { certificateDescription: found } = await client.send(
            new DescribeCertificateCommand({ certificateId }),
          );
          const { policies = [] } = await client.send(new ListAttachedPoliciesCommand({ target }));
          const policyNames = policies.map(({ policyName }) => policyName);
          return { certificateId, status: found?.status, policyNames };
        }),
      );
    },
    async stop(): Promise<void> {
      for (const one of [client, s3, dynamodb]) one.destroy();
      await cloud.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
