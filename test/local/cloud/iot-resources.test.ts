import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureIotResources, type LeftResource } from '../../../local/cloud/iot-resources.ts';
import { ConfigurationError } from '../../../local/errors.ts';
import { attachPolicy } from '../../../local/iot/registry/policy-attachments.ts';
import { requirePolicy, requirePolicyVersion } from '../../../local/iot/registry/policies.ts';
import { planTemplate, type Plan } from '../../../local/template/plan.ts';
import { testTemplate } from '../../support/cloud.ts';
import { makeCa, makeCertificate } from '../../support/x509.ts';
import { openProvisioning, stateOf, type TestProvisioning } from '../iot/provisioning/support.ts';

const place = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '000000000000',
  stack: 'test-dev',
  endpointUrl: 'http://127.0.0.1:4566',
} as const;

type Resources = NonNullable<Parameters<typeof testTemplate>[0]['resources']>;

function plan(resources: Resources, functions = {}): Plan {
  return planTemplate(testTemplate({ resources, functions }), place);
}

const ca = makeCa();
const verification = makeCertificate({ issuer: ca, subject: { CommonName: ["another account's code"] } });
const device = makeCertificate({ issuer: ca });
const { certificateId } = device.certificate;

const documentFor = (action: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
});
const templateBody = JSON.stringify({
  Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'a' } } },
});
const ROLE = 'arn:aws:iam::000000000000:role/provisioning';

/** Everything, in an order in which nothing could be made. */
const everything = {
  OnThing: {
    Type: 'AWS::IoT::ThingPrincipalAttachment',
    Properties: { ThingName: { Ref: 'Lamp' }, Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] } },
  },
  OnCertificate: {
    Type: 'AWS::IoT::PolicyPrincipalAttachment',
    Properties: { PolicyName: { Ref: 'Policy' }, Principal: { 'Fn::GetAtt': ['Certificate', 'Arn'] } },
  },
  Lamp: {
    Type: 'AWS::IoT::Thing',
    Properties: { ThingName: 'lamp-1', AttributePayload: { Attributes: { floor: 3 } } },
  },
  Certificate: {
    Type: 'AWS::IoT::Certificate',
    Properties: { CertificatePem: device.pem, CACertificatePem: ca.pem, Status: 'ACTIVE' },
  },
  Authority: {
    Type: 'AWS::IoT::CACertificate',
    Properties: {
      CACertificatePem: ca.pem,
      VerificationCertificatePem: verification.pem,
      Status: 'ACTIVE',
      AutoRegistrationStatus: 'ENABLE',
      RegistrationConfig: { TemplateName: { Ref: 'Template' } },
    },
  },
  Template: {
    Type: 'AWS::IoT::ProvisioningTemplate',
    Properties: {
      TemplateName: 'lamps',
      TemplateBody: templateBody,
      ProvisioningRoleArn: ROLE,
      TemplateType: 'JITP',
      Enabled: true,
    },
  },
  Hall: {
    Type: 'AWS::IoT::BillingGroup',
    Properties: { BillingGroupProperties: { BillingGroupDescription: 'the hall' } },
  },
  Below: {
    Type: 'AWS::IoT::ThingGroup',
    Properties: { ThingGroupName: 'below', ParentGroupName: { Ref: 'Above' } },
  },
  Above: {
    Type: 'AWS::IoT::ThingGroup',
    Properties: {
      ThingGroupName: { 'Fn::Sub': '${AWS::StackName}-above' },
      ThingGroupProperties: { ThingGroupDescription: 'all' },
    },
  },
  Type: {
    Type: 'AWS::IoT::ThingType',
    Properties: { ThingTypeName: 'lamp', ThingTypeProperties: { SearchableAttributes: ['floor'] } },
  },
  Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: documentFor('iot:Connect') } },
} satisfies Resources;

let cloud: TestProvisioning;
let left: LeftResource[];

beforeEach(() => {
  cloud = openProvisioning();
  left = [];
});
afterEach(() => cloud.registry.close());

function ensure(resources: Resources): void {
  ensureIotResources(plan(resources).creations, { ...cloud.place, left: (one) => left.push(one) });
}

function defaultDocument(name: string): unknown {
  const policy = requirePolicy(cloud.security, name);
  return JSON.parse(requirePolicyVersion(cloud.security, policy, String(policy.defaultVersion)).document);
}

/** Everything that there is, with the versions that each change makes greater. */
function everythingThere(): unknown {
  const { registry, security } = cloud;
  return {
    device: stateOf(cloud, certificateId),
    thing: registry.things.find('lamp-1'),
    ca: security.cas.find(ca.certificate.certificateId)?.version,
    group: registry.thingGroups.find('below'),
    billing: registry.billingGroups.find('test-dev-Hall'),
    policy: security.policies.find('test-dev-Policy'),
  };
}

test('The registry has what the template says, whatever the order is.', () => {
  ensure(everything);
  const { registry, security } = cloud;
  expect(stateOf(cloud, certificateId)).toEqual({
    status: 'ACTIVE',
    things: ['lamp-1'],
    policies: ['test-dev-Policy'],
  });
  expect(registry.things.require('lamp-1').attributes).toEqual({ floor: '3' });
  const below = registry.thingGroups.require('below');
  expect(registry.thingGroups.ancestors(below)).toMatchObject([
    { thingGroupName: 'test-dev-above', description: 'all' },
  ]);
  expect(registry.billingGroups.require('test-dev-Hall').description).toBe('the hall');
  expect(registry.thingTypes.require('lamp').searchableAttributes).toEqual(['floor']);
  expect(security.cas.find(ca.certificate.certificateId)).toMatchObject({
    isActive: true,
    isAutoRegistration: true,
    registrationConfig: { templateName: 'lamps' },
  });
});

test('The same template again changes nothing, and what the API has changed meanwhile stays.', () => {
  ensure(everything);
  cloud.registry.things.update('lamp-1', { attributePayload: { attributes: { floor: '4' } } });
  const before = everythingThere();
  cloud.clock.advance(60_000);
  ensure(everything);
  expect(everythingThere()).toEqual(before);
});

test('What the API has deleted is made again.', () => {
  ensure({ Lamp: everything.Lamp });
  cloud.registry.things.remove('lamp-1');
  ensure({ Lamp: everything.Lamp });
  expect(cloud.registry.things.find('lamp-1')).toBeDefined();
});

test('Another template updates what is there, a policy by a new version at each of many changes.', () => {
  const withAction = (action: string): Resources => ({
    Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: documentFor(action) } },
    Lamp: {
      Type: 'AWS::IoT::Thing',
      Properties: { ThingName: 'lamp-1', AttributePayload: { Attributes: { action: action.slice(4) } } },
    },
  });
  for (const count of Array.from({ length: 7 }, (_, index) => index)) {
    const action = count % 2 === 0 ? 'iot:Connect' : 'iot:Publish';
    ensure(withAction(action));
    expect(defaultDocument('test-dev-Policy')).toEqual(documentFor(action));
    expect(cloud.registry.things.require('lamp-1').attributes).toEqual({ action: action.slice(4) });
  }
});

test('What only an earlier template had goes; what others hold stays, and is told.', () => {
  ensure(everything);
  const { registry, security } = cloud;
  const other = registry.thingGroups.create({ thingGroupName: 'of-the-api', tags: [] });
  attachPolicy(security, 'test-dev-Policy', security.arns.of('thinggroup', other.thingGroupName));
  ensure({ Lamp: everything.Lamp });
  expect(left).toMatchObject([
    { kind: 'iot-policy', name: 'test-dev-Policy', error: { code: 'DeleteConflictException' } },
  ]);
  expect(stateOf(cloud, certificateId)).toEqual({ status: undefined, things: [], policies: [] });
  expect(security.cas.find(ca.certificate.certificateId)).toBeUndefined();
  expect(registry.thingGroups.find('below')).toBeUndefined();
  expect(registry.thingGroups.find('of-the-api')).toBeDefined();
  expect(registry.things.find('lamp-1')).toBeDefined();
  expect(registry.thingTypes.require('lamp').deprecatedAt).toBeDefined();
});

test('An attachment to something else takes the place of the one before.', () => {
  ensure(everything);
  const second = { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'lamp-2' } };
  const OnThing = {
    ...everything.OnThing,
    Properties: { ...everything.OnThing.Properties, ThingName: { Ref: 'Second' } },
  };
  ensure({ ...everything, Second: second, OnThing });
  expect(stateOf(cloud, certificateId).things).toEqual(['lamp-2']);
});

test.each<[string, Resources, RegExp]>([
  [
    'a principal that is nobody',
    {
      On: {
        Type: 'AWS::IoT::PolicyPrincipalAttachment',
        Properties: {
          PolicyName: { Ref: 'Policy' },
          Principal: `arn:aws:iot:eu-west-1:000000000000:cert/${'a'.repeat(64)}`,
        },
      },
      Policy: everything.Policy,
    },
    /resource "On" .* Certificate a+ does not exist/,
  ],
  [
    'a policy that cannot be read',
    { Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Statement: [] } } } },
    /resource "Policy" .*MalformedPolicyException/,
  ],
  [
    'a verification by another CA',
    {
      Authority: {
        ...everything.Authority,
        Properties: {
          ...everything.Authority.Properties,
          VerificationCertificatePem: makeCertificate({ issuer: makeCa('Another') }).pem,
          RegistrationConfig: { TemplateName: 'lamps' },
        },
      },
    },
    /resource "Authority" .*not signed by the CA/,
  ],
  [
    'a name that is not allowed',
    { T: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'a b' } } },
    /ThingName of resource "T" is "a b"/,
  ],
  [
    'a dynamic group below another one',
    {
      Group: {
        Type: 'AWS::IoT::ThingGroup',
        Properties: { QueryString: 'thingName:*', ParentGroupName: 'above' },
      },
    },
    /resource "Group" .*leave ParentGroupName out/s,
  ],
  [
    'a dynamic group whose query is none',
    { Group: { Type: 'AWS::IoT::ThingGroup', Properties: { QueryString: 'thingName:(' } } },
    /resource "Group" .*InvalidQueryException/s,
  ],
  [
    'fleet provisioning',
    {
      Template: {
        Type: 'AWS::IoT::ProvisioningTemplate',
        Properties: { TemplateBody: templateBody, ProvisioningRoleArn: ROLE },
      },
    },
    /resource "Template" .*TemplateType/s,
  ],
  [
    'a signing request',
    {
      C: { Type: 'AWS::IoT::Certificate', Properties: { CertificateSigningRequest: 'x', Status: 'ACTIVE' } },
    },
    /resource "C" needs its CertificatePem/,
  ],
  [
    'a PEM that is none',
    { C: { Type: 'AWS::IoT::Certificate', Properties: { CertificatePem: 'x', Status: 'ACTIVE' } } },
    /CertificatePem of resource "C" is not a certificate|holds no certificate/,
  ],
])('A template with %s is refused by its logical id.', (_what, resources, message) => {
  expect(() => ensure(resources)).toThrow(ConfigurationError);
  expect(() => ensure(resources)).toThrow(message);
});

const dynamicGroup = (QueryString?: string, description = 'red ones') => ({
  Red: {
    Type: 'AWS::IoT::ThingGroup',
    Properties: {
      ThingGroupName: 'red',
      ...(QueryString === undefined ? {} : { QueryString }),
      ThingGroupProperties: { ThingGroupDescription: description },
    },
  },
  Lamp: {
    Type: 'AWS::IoT::Thing',
    Properties: { ThingName: 'lamp-1', AttributePayload: { Attributes: { colour: 'red' } } },
  },
});
const members = () => {
  const { thingGroups, dynamicGroups } = cloud.registry;
  return dynamicGroups.thingsIn(thingGroups.require('red'), {})?.items;
};

test('A group with a query has the things that match it, and its index is turned on and told of once.', () => {
  const indexed: string[] = [];
  const ensureTold = (resources: Resources) =>
    ensureIotResources(plan(resources).creations, { ...cloud.place, indexed: (name) => indexed.push(name) });
  ensureTold(dynamicGroup('attributes.colour:red'));
  expect(members()).toEqual(['lamp-1']);
  ensureTold(dynamicGroup('attributes.colour:red'));
  ensureTold(dynamicGroup('attributes.colour:blue', 'blue ones'));
  expect(members()).toEqual([]);
  expect(cloud.registry.thingGroups.require('red').description).toBe('blue ones');
  expect(indexed).toEqual(['red']);
  ensureTold({});
  expect(cloud.registry.thingGroups.find('red')).toBeUndefined();
});

test('An index that somebody has configured stays as it is.', () => {
  const { configurations } = cloud.registry.index;
  const thingIndexingConfiguration = { thingIndexingMode: 'REGISTRY' };
  configurations.update({ thingIndexingConfiguration });
  ensure(dynamicGroup('thingName:lamp*'));
  expect(members()).toEqual(['lamp-1']);
  expect(configurations.get()).toMatchObject({ thingIndexingConfiguration });
});

test.each([
  ['dynamic', undefined, 'thingName:*'],
  ['static', 'thingName:*', undefined],
])('A group does not become %s by a change of the template.', (_, before, after) => {
  ensure(dynamicGroup(before));
  expect(() => ensure(dynamicGroup(after))).toThrow('cannot change between static and dynamic');
});

test.each([
  ['Policy', 'Arn', 'arn:aws:iot:eu-west-1:000000000000:policy/test-dev-Policy'],
  ['Policy', 'Id', 'test-dev-Policy'],
  ['Lamp', 'Arn', 'arn:aws:iot:eu-west-1:000000000000:thing/lamp-1'],
  ['Above', 'Arn', 'arn:aws:iot:eu-west-1:000000000000:thinggroup/test-dev-above'],
  ['Certificate', 'Id', certificateId],
  ['Authority', 'Arn', `arn:aws:iot:eu-west-1:000000000000:cacert/${ca.certificate.certificateId}`],
  ['Template', 'TemplateArn', 'arn:aws:iot:eu-west-1:000000000000:provisioningtemplate/lamps'],
])('The %s of the template has the %s %s.', (logicalId, attribute, expected) => {
  const environment = { VALUE: { 'Fn::GetAtt': [logicalId, attribute] } };
  const { functions } = plan(everything, { probe: { handler: 'probe.handler', environment } });
  expect(functions[0]?.environment['VALUE']).toBe(expected);
});
