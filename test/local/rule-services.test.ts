import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startTestCloud, type TestCloud } from '../support/cloud.ts';

const posted: { type: string; body: string }[] = [];
const confirmed: number[] = [];

const confirmation = z.object({ enableUrl: z.string().optional(), SubscribeURL: z.string().optional() });

/** A server that confirms whatever it is asked to, by visiting the URL that it is sent. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await buffer(request)).toString();
  const type = String(
    request.headers['x-amz-rules-engine-message-type'] ??
      request.headers['x-amz-sns-message-type'] ??
      'message',
  );
  posted.push({ type, body });
  response.end();
  const { enableUrl, SubscribeURL } = confirmation.parse(JSON.parse(body));
  const url = enableUrl ?? SubscribeURL;
  if (url !== undefined) confirmed.push((await fetch(url)).status);
}

const server = createServer((request, response) => void answer(request, response));
let cloud: TestCloud;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/in`;
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const rule = (topic: string, action: object) => ({
    Type: 'AWS::IoT::TopicRule',
    Properties: { TopicRulePayload: { Sql: `SELECT * FROM '${topic}'`, Actions: [action] } },
  });
  cloud = await startTestCloud({
    functions: { probe: { handler: 'probe.handler' } },
    resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: {
              Effect: 'Allow',
              Principal: { Service: 'iot.amazonaws.com' },
              Action: 'sts:AssumeRole',
            },
          },
          Policies: [
            {
              PolicyName: 'p',
              PolicyDocument: {
                Statement: { Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: 'Topic' } },
              },
            },
          ],
        },
      },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'http', Endpoint: url }] } },
      Post: rule('post', { Http: { Url: url } }),
      Notify: rule('notify', { Sns: { TargetArn: { Ref: 'Topic' }, RoleArn } }),
      Forgotten: rule('forgotten', {
        Lambda: { FunctionArn: { 'Fn::GetAtt': ['ProbeLambdaFunction', 'Arn'] } },
      }),
    },
  });
});
afterAll(async () => {
  await cloud.stop();
  server.closeAllConnections();
  server.close();
});

test('Servers confirm at the endpoint, and get what rules post and topics send.', async () => {
  await expect.poll(() => confirmed).toEqual([200, 200]);
  expect(posted.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['DestinationConfirmation', 'SubscriptionConfirmation']),
  );
  const device = await cloud.connect('device');
  await device.publishAsync('post', '{"x":1}', { qos: 1 });
  await device.publishAsync('notify', '{"x":2}', { qos: 1 });
  await expect.poll(() => posted.length).toBe(4);
  const bodies = posted.map(({ body }) => body);
  expect(bodies).toContain('{"x":1}');
  expect(bodies.join('')).toContain(String.raw`"Message":"{\"x\":2}"`);
});

test('A function whose permission was forgotten is not invoked, and the person at the terminal is told.', async () => {
  const device = await cloud.connect('device-2');
  await device.publishAsync('forgotten', '{}', { qos: 1 });
  await expect.poll(() => cloud.told.join('\n')).toContain('Add an AWS::Lambda::Permission');
});
