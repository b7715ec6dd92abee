import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { command } from '../../../../cli/commands/logs.ts';
import { runCommand } from '../../../cli/run-command.ts';
import { startTestCloud, type TestCloud } from '../../../support/cloud.ts';

let cloud: TestCloud;

beforeAll(async () => {
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const republish = { Republish: { Topic: 'out/${topic(2)}', RoleArn } };
  cloud = await startTestCloud({
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
              PolicyName: 'act',
              PolicyDocument: {
                Statement: {
                  Effect: 'Allow',
                  Action: ['iot:Publish', 'sqs:SendMessage'],
                  Resource: ['arn:aws:iot:*:*:topic/out/*', 'arn:aws:sqs:*:*:none'],
                },
              },
            },
          ],
        },
      },
      Hot: {
        Type: 'AWS::IoT::TopicRule',
        Properties: {
          RuleName: 'hot',
          TopicRulePayload: {
            Sql: "SELECT temp FROM 'in/+' WHERE temp > 30",
            AwsIotSqlVersion: '2016-03-23',
            Actions: [republish],
          },
        },
      },
      Broken: {
        Type: 'AWS::IoT::TopicRule',
        Properties: {
          RuleName: 'broken',
          TopicRulePayload: {
            Sql: "SELECT * FROM 'out/#'",
            AwsIotSqlVersion: '2016-03-23',
            Actions: [{ Sqs: { QueueUrl: 'http://127.0.0.1/000000000000/none', RoleArn } }],
          },
        },
      },
    },
  });
  const device = await cloud.connect('thermometer');
  await device.publishAsync('in/a', '{"temp":21}', { qos: 1 });
  await device.publishAsync('in/b', '{"temp":35}', { qos: 1 });
});
afterAll(() => cloud.stop());

const logs = (...words: string[]) =>
  runCommand('logs', command, words, { env: { GLASSHOUSE_FOLDER: cloud.folder } });

test('A message of a device is followed through rules and actions of the running cloud.', async () => {
  await expect.poll(async () => (await logs('--errors')).out).toContain('broken');
  const { out } = await logs('--json', '--topic', 'in/#');
  const entries = out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(entries).toMatchObject([
    {
      eventType: 'RuleMatch',
      clientId: 'thermometer',
      topicName: 'in/a',
      ruleName: 'hot',
      details: 'WHERE is not true, no action runs: temp > 30 is false (temp = 21)',
    },
    { eventType: 'RuleMatch', topicName: 'in/b', glasshouse: { result: { temp: 35 } } },
    { eventType: 'RuleExecution', ruleAction: 'RepublishAction', resources: { RepublishTopic: 'out/b' } },
  ]);
  const republished = await logs('--rule', 'broken');
  expect(republished.out).toMatch(/out\/b broken: matched → \{"temp":35\}/);
  expect(republished.out).toMatch(/SqsAction http:\/\/127\.0\.0\.1\/\d+\/none FAILED: /);
});

test('The status tells what was counted.', async () => {
  const answer = await fetch(`${cloud.running.endpointUrl}/_glasshouse/status`);
  const { rules } = z.object({ rules: z.record(z.string(), z.number()) }).parse(await answer.json());
  expect(rules).toEqual({
    'Failure/broken/Sqs': 1,
    RulesExecuted: 2,
    'Success/hot/Republish': 1,
    'TopicMatch/broken': 1,
    'TopicMatch/hot': 2,
  });
});

test('What the template has of traps is told once when the cloud starts.', () => {
  const told = cloud.told.filter((message) => message.includes('NO_ERROR_ACTION'));
  expect(told).toHaveLength(2);
});
