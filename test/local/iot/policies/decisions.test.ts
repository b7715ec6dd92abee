import { expect, test } from 'vitest';
import { decide, compilePolicies, readPolicy } from '../../../../local/iot/policies/index.ts';
import type { ConnectionFacts } from '../../../../local/iot/policies/index.ts';
import { allowsTopic, ARN, arns, bound, document } from './support.ts';

const everything = document({ Effect: 'Allow', Action: 'iot:*', Resource: '*' });

test('Without a policy nothing is allowed.', () => {
  expect(bound([]).allows('iot:Connect', arns.client('a'))).toBe(false);
});

test('A Deny wins over every Allow, wherever it stands.', () => {
  const deny = document({ Effect: 'Deny', Action: 'iot:Publish', Resource: `${ARN}topic/secret/*` });
  for (const policies of [
    [everything, deny],
    [deny, everything],
  ]) {
    const decided = bound(policies);
    expect(decided.allows('iot:Publish', arns.topic('secret/a'))).toBe(false);
    expect(decided.allows('iot:Publish', arns.topic('open'))).toBe(true);
    expect(decided.allows('iot:Receive', arns.topic('secret/a'))).toBe(true);
  }
});

test.each<[action: string, asked: string, isAllowed: boolean]>([
  ['iot:Publish', 'iot:Publish', true],
  ['iot:publish', 'iot:Publish', true],
  ['iot:Publish', 'iot:RetainPublish', false],
  ['iot:*Publish', 'iot:RetainPublish', true],
  ['iot:*', 'iot:Subscribe', true],
  ['*', 'iot:Subscribe', true],
  ['iot:Recei?e', 'iot:Receive', true],
  ['greengrass:*', 'iot:Receive', false],
])('The action %s on %s: %s.', (action, asked, isAllowed) => {
  const decided = bound([document({ Effect: 'Allow', Action: action, Resource: '*' })]);
  expect(decided.allows(asked, arns.topic('a'))).toBe(isAllowed);
});

test.each<[resource: string, topic: string, isAllowed: boolean]>([
  ['topic/a/b', 'a/b', true],
  ['topic/a/b', 'a/b/c', false],
  ['topic/a/b', 'A/b', false],
  ['topic/a/*', 'a/b/c', true],
  ['topic/a/*', 'a/', true],
  ['topic/a/*', 'a', false],
  ['topic/*/b', 'a/x/b', true],
  ['topic/*/b', 'a/b/c', false],
  ['topic/a?c', 'abc', true],
  ['topic/a?c', 'ac', false],
  ['topic/a/+', 'a/b', false],
  ['topic/a/#', 'a/b', false],
  ['topic/a.c', 'abc', false],
  ['topicfilter/a', 'a', false],
  ['topic/${*}', '*', true],
  ['topic/${*}', 'a', false],
  ['topic/a${?}*', 'a?b', true],
  ['topic/a${?}*', 'abb', false],
  ['topic/${$}aws/*', '$aws/things/a', true],
])('The resource %s on the topic %s: %s.', (resource, topic, isAllowed) => {
  expect(allowsTopic(resource, topic)).toBe(isAllowed);
});

test.each<[resource: string, filter: string, isAllowed: boolean]>([
  ['topicfilter/a/#', 'a/#', true],
  ['topicfilter/a/#', 'a/b', false],
  ['topicfilter/a/+/c', 'a/+/c', true],
  ['topicfilter/a/+/c', 'a/b/c', false],
  ['topicfilter/a/*', 'a/#', true],
])('A resource takes a topic filter as plain text: %s and %s: %s.', (resource, filter, isAllowed) => {
  const decided = bound([document({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: ARN + resource })]);
  expect(decided.allows('iot:Subscribe', arns.topicFilter(filter))).toBe(isAllowed);
});

const facts: ConnectionFacts = {
  clientId: 'lamp-1',
  sourceIp: '10.0.0.7',
  domainName: 'iot.example.org',
  thing: { name: 'lamp-1', thingTypeName: 'lamp', attributes: { room: 'hall' }, isAttached: true },
  certificate: {
    subject: { CommonName: ['one', 'two', 'three', 'four', 'five', 'six'], Country: ['*'], Title: ['a?b'] },
    issuer: { Organization: ['Example'] },
    subjectAlternativeNames: { DNSName: ['a.example.org', 'b.example.org'] },
    issuerAlternativeNames: { RFC822Name: ['ca@example.org'] },
    serialNumber: '4711',
  },
};

test.each<[variable: string, value: string]>([
  ['iot:ClientId', 'lamp-1'],
  ['aws:SourceIp', '10.0.0.7'],
  ['iot:DomainName', 'iot.example.org'],
  ['iot:Connection.Thing.ThingName', 'lamp-1'],
  ['iot:Connection.Thing.ThingTypeName', 'lamp'],
  ['iot:Connection.Thing.Attributes[room]', 'hall'],
  ['iot:Connection.Thing.IsAttached', 'true'],
  ['iot:Certificate.Subject.CommonName', 'one'],
  ['iot:Certificate.Subject.CommonName.0', 'one'],
  ['iot:Certificate.Subject.CommonName.4', 'five'],
  ['iot:Certificate.Issuer.Organization', 'Example'],
  ['iot:Certificate.Subject.AlternativeName.DNSName.1', 'b.example.org'],
  ['iot:Certificate.Issuer.AlternativeName.RFC822Name', 'ca@example.org'],
  ['iot:Certificate.SerialNumber', '4711'],
])('${%s} stands for "%s".', (variable, value) => {
  expect(allowsTopic(`topic/x/\${${variable}}/y`, `x/${value}/y`, facts)).toBe(true);
  expect(allowsTopic(`topic/x/\${${variable}}/y`, `x/${value}x/y`, facts)).toBe(false);
});

test.each<[variable: string, why: string]>([
  ['iot:ClientID', 'is no variable'],
  ['iot:Connection.Thing.Attributes[floor]', 'has no value'],
  ['iot:Connection.Thing.Attributes[toString]', 'has no value'],
  ['iot:Certificate.Subject.Organization', 'has no value'],
  ['iot:Certificate.Subject.CommonName.5', 'lies beyond the five values that count'],
  ['iot:Certificate.Subject.CommonName.List', 'has several values'],
  ['iot:Certificate.Subject.Country', 'holds an asterisk'],
  ['iot:Certificate.Subject.Title', 'holds a question mark'],
])('${%s} %s: it matches nothing, not even its own text.', (variable) => {
  for (const topic of ['x/', 'x/anything', `x/\${${variable}}`, 'x/*', 'x/a?b']) {
    expect(allowsTopic(`topic/x/\${${variable}}`, topic, facts)).toBe(false);
  }
});

test('1,024 characters are put in for a variable, one more is not; characters are not bytes.', () => {
  const long = '🔑'.repeat(1_024);
  expect(allowsTopic('topic/${iot:ClientId}', long, { clientId: long })).toBe(true);
  expect(allowsTopic('topic/${iot:ClientId}', `${long}a`, { clientId: `${long}a` })).toBe(false);
});

test('What a value holds is never read as a variable again.', () => {
  const clientId = '${iot:DomainName}';
  expect(allowsTopic('topic/${iot:ClientId}', 'd', { clientId, domainName: 'd' })).toBe(false);
  expect(allowsTopic('topic/${iot:ClientId}', clientId, { clientId, domainName: 'd' })).toBe(true);
});

test('A thing that the certificate is not attached to lends no name.', () => {
  const thing = { name: 'a', attributes: { room: 'hall' }, thingTypeName: 'lamp', isAttached: false };
  for (const name of ['ThingName', 'ThingTypeName', 'Attributes[room]']) {
    for (const value of ['a', 'lamp', 'hall']) {
      expect(allowsTopic(`topic/\${iot:Connection.Thing.${name}}`, value, { thing })).toBe(false);
    }
  }
  expect(allowsTopic('topic/${iot:Connection.Thing.IsAttached}', 'false', { thing })).toBe(true);
});

test.each(['2008-10-17', undefined])('In a policy of the version %s, ${…} is plain text.', (Version) => {
  const Statement = { Effect: 'Allow', Action: 'iot:*', Resource: `${ARN}topic/\${iot:ClientId}` };
  const policy = readPolicy(JSON.stringify({ Version, Statement }));
  const decided = (topic: string) =>
    decide(
      compilePolicies([{ name: 'old', policy }]),
      { action: 'iot:Publish', resource: arns.topic(topic) },
      { clientId: 'a' },
    ).isAllowed;
  expect(decided('a')).toBe(false);
  expect(decided('${iot:ClientId}')).toBe(true);
});

test('NotAction and NotResource take everything else.', () => {
  const decided = bound([
    document({ Effect: 'Allow', NotAction: 'iot:Publish', NotResource: `${ARN}topic/secret/*` }),
  ]);
  expect(decided.allows('iot:Receive', arns.topic('open'))).toBe(true);
  expect(decided.allows('iot:Publish', arns.topic('open'))).toBe(false);
  expect(decided.allows('iot:Receive', arns.topic('secret/a'))).toBe(false);
});

test('An exception that has no value widens no Allow, and lets a Deny stand.', () => {
  const NotResource = `${ARN}topic/\${iot:Connection.Thing.ThingName}`;
  const allowing = bound([document({ Effect: 'Allow', Action: '*', NotResource })]);
  expect(allowing.allows('iot:Publish', arns.topic('a'))).toBe(false);
  const denying = bound([everything, document({ Effect: 'Deny', Action: '*', NotResource })]);
  expect(denying.allows('iot:Publish', arns.topic('a'))).toBe(false);
});

test.each<[build: (name: string) => string, arn: string]>([
  [arns.client, `${ARN}client/a`],
  [arns.topic, `${ARN}topic/a`],
  [arns.topicFilter, `${ARN}topicfilter/a`],
  [arns.thing, `${ARN}thing/a`],
  [arns.roleAlias, `${ARN}rolealias/a`],
])('ARNs are built as AWS writes them: %#.', (build, arn) => {
  expect(build('a')).toBe(arn);
});
