import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { callDynamoDb } from '../../local/dynamodb/call.ts';
import type { RunningCloud } from '../../local/running.ts';
import {
  SIMULATED_DEVICE_TYPE,
  SIMULATED_ECHO_CONFIG,
  SIMULATED_PAYLOAD_CONFIG,
} from '../../local/devices/sigfox/device.ts';
import { errorText } from '../../shared/errors.ts';
import { CommandError } from '../errors.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** Tells the cloud how simulated devices write, and how often they send. @throws CommandError NO_SIGFOX */
export async function registerDeviceType(cloud: RunningCloud, intervalSeconds: number): Promise<void> {
  const TableName = cloud.resources['SigfoxDeviceTypesTable'];
  if (TableName === undefined) {
    throw new CommandError(
      'NO_SIGFOX',
      'the running cloud has no table of Sigfox device types: its serverless.yml leaves Sigfox out',
    );
  }
  const Item = {
    deviceTypeId: { S: SIMULATED_DEVICE_TYPE },
    payloadConfig: { S: SIMULATED_PAYLOAD_CONFIG },
    echoConfig: { S: SIMULATED_ECHO_CONFIG },
    intervalSeconds: { N: String(intervalSeconds) },
  };
  const { endpointUrl, region } = cloud;
  const { ok, text } = await callDynamoDb(endpointUrl, region, 'PutItem', { TableName, Item });
  if (!ok) throw new CommandError('NO_SIGFOX', `the device type could not be written: ${text}`);
}

const parameterSchema = z.object({ Parameter: z.object({ Value: z.string() }) });
const basicSchema = z.object({ username: z.string(), password: z.string() });

/**
 * The header that lets the simulated network in: by the credential that the cloud has, or by a new one where it
 * has none yet.
 *
 * @throws CommandError CREDENTIALS_UNUSABLE
 */
export async function basicHeader(cloud: RunningCloud): Promise<Readonly<Record<string, string>>> {
  const Name = `/${cloud.service}/${cloud.stage}/sigfox`;
  const [status, answer] = await callSsm(cloud, 'GetParameter', { Name, WithDecryption: true });
  let credential: z.infer<typeof basicSchema>;
  if (status === 200) {
    const list = [JSON.parse(parameterSchema.parse(answer).Parameter.Value)].flat();
    const found = list.map((one) => basicSchema.safeParse(one)).find(({ success }) => success)?.data;
    if (found === undefined) {
      const message = `the parameter ${Name} has no user name and password that the simulation could show`;
      throw new CommandError('CREDENTIALS_UNUSABLE', message);
    }
    credential = found;
  } else {
    credential = { username: 'sigfox', password: randomBytes(24).toString('base64url') };
    const put = { Name, Value: JSON.stringify(credential), Type: 'SecureString' };
    const [written, why] = await callSsm(cloud, 'PutParameter', put);
    if (written !== 200) {
      throw new CommandError(
        'CREDENTIALS_UNUSABLE',
        `the parameter ${Name} cannot be written: ${JSON.stringify(why)}`,
      );
    }
  }
  const text = `${credential.username}:${credential.password}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

async function callSsm(
  { endpointUrl, region }: RunningCloud,
  operation: string,
  request: unknown,
): Promise<[status: number, answer: unknown]> {
  const scope = `glasshouse/20260101/${region}/ssm/aws4_request`;
  return requestJson(endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonSSM.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  });
}

const clockSchema = z.object({ nowMs: z.number(), speed: z.number() });

/** Reads the cloud's clock, or sets its speed. @throws CommandError CLOCK_UNUSABLE */
export async function cloudClock(
  { endpointUrl }: RunningCloud,
  speed?: number,
): Promise<z.infer<typeof clockSchema>> {
  const change =
    speed === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ speed }),
        };
  const [status, answer] = await requestJson(`${endpointUrl}/_glasshouse/clock`, change);
  const parsed = clockSchema.safeParse(answer);
  if (status === 200 && parsed.success) return parsed.data;
  throw new CommandError('CLOCK_UNUSABLE', `the cloud's clock cannot be set: ${JSON.stringify(answer)}`);
}

async function requestJson(url: string, request: RequestInit): Promise<[status: number, answer: unknown]> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const text = await response.text();
    return [response.status, text === '' ? {} : JSON.parse(text)];
  } catch (cause) {
    const message = `the cloud at ${url} does not answer: ${errorText(cause)}`;
    throw new CommandError('CLOUD_UNREACHABLE', message, { cause, retryable: true });
  }
}
