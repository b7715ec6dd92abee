import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerThing } from '../../../../local/iot/provisioning/register-thing.ts';
import { createTemplate } from '../../../../local/iot/provisioning/templates.ts';
import { registerCa } from '../../../../local/iot/registry/cas.ts';
import { updateCertificate } from '../../../../local/iot/registry/certificates.ts';
import { createPolicy } from '../../../../local/iot/registry/policies.ts';
import type { RegistrationConfig } from '../../../../local/iot/registry/cas-store.ts';
import { registrationCode } from '../../../../local/iot/registry/registration-code.ts';
import { keyPair, makeCa, makeCertificate, makeSigningRequest } from '../../../support/x509.ts';
import { openProvisioning, stateOf, type TestProvisioning } from './support.ts';

const ROLE = 'arn:aws:iam::000000000000:role/provisioning';
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }],
});

const COMMON_NAME = { Ref: 'AWS::IoT::Certificate::CommonName' };

/** A template such as the documentation of AWS shows. */
const template = {
  Parameters: {
    'AWS::IoT::Certificate::CommonName': { Type: 'String' },
    'AWS::IoT::Certificate::SerialNumber': { Type: 'String', Default: 'none' },
    'AWS::IoT::Certificate::Country': { Type: 'String', Default: 'none' },
    'AWS::IoT::Certificate::Id': { Type: 'String' },
  },
  Resources: {
    thing: {
      Type: 'AWS::IoT::Thing',
      Properties: {
        ThingName: COMMON_NAME,
        AttributePayload: {
          serial: { Ref: 'AWS::IoT::Certificate::SerialNumber' },
          country: { Ref: 'AWS::IoT::Certificate::Country' },
        },
        ThingTypeName: 'lamp',
        ThingGroups: ['lamps', { Ref: 'AWS::IoT::Certificate::Country' }],
        BillingGroup: 'hall',
      },
      OverrideSettings: { AttributePayload: 'MERGE', ThingTypeName: 'REPLACE', ThingGroups: 'DO_NOTHING' },
    },
    certificate: {
      Type: 'AWS::IoT::Certificate',
      Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'ACTIVE' },
      OverrideSettings: { Status: 'DO_NOTHING' },
    },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: POLICY } },
  },
};
const templateBody = JSON.stringify(template);

const ca = makeCa();
const subject = { Country: ['DE'], CommonName: ['lamp-1', 'second'], SerialNumber: ['42'] };
const device = makeCertificate({ issuer: ca, subject });
const { der, certificateId } = device.certificate;

let cloud: TestProvisioning;

beforeEach(() => {
  cloud = openProvisioning();
  const { registry } = cloud;
  registry.thingTypes.create('lamp', undefined, []);
  for (const thingGroupName of ['lamps', 'DE']) registry.thingGroups.create({ thingGroupName, tags: [] });
  registry.billingGroups.create('hall', undefined, []);
});
afterEach(() => cloud.registry.close());

function register(registrationConfig: RegistrationConfig): void {
  const { security } = cloud;
  const verification = { CommonName: [registrationCode(security)] };
  registerCa(security, {
    caCertificate: ca.pem,
    verificationCertificate: makeCertificate({ subject: verification, issuer: ca }).pem,
    isActive: true,
    isAutoRegistration: true,
    mode: 'DEFAULT',
    registrationConfig,
  });
}

function groupsOf(thingName: string): string[] {
  const { registry } = cloud;
  const page = registry.memberships.groupsOf(registry.things.require(thingName), {});
  return page.items.map(({ thingGroupName }) => thingGroupName);
}

function expectProvisioned(): void {
  const { registry, failures } = cloud;
  expect(failures).toEqual([]);
  const state = stateOf(cloud, certificateId);
  expect(state).toEqual({
    status: 'ACTIVE',
    things: ['lamp-1'],
    policies: [expect.stringMatching(/^[0-9a-f]{64}$/)],
  });
  expect(registry.things.require('lamp-1')).toMatchObject({
    thingTypeName: 'lamp',
    billingGroupName: 'hall',
    attributes: { serial: '42', country: 'DE' },
  });
  expect(groupsOf('lamp-1').sort()).toEqual(['DE', 'lamps']);
}

test('The first CONNECT is closed, and the template of its CA has made everything of the certificate.', () => {
  register({ templateBody, roleArn: ROLE });
  const { event } = cloud.identities.registerAtFirstConnect(der);
  expect(JSON.parse(event?.payload ?? '')).toMatchObject({ certificateStatus: 'PENDING_ACTIVATION' });
  expectProvisioned();
});

test('A CA may name its template.', () => {
  createTemplate(cloud.security, {
    name: 'lamps',
    body: templateBody,
    roleArn: ROLE,
    description: undefined,
    isEnabled: true,
  });
  register({ templateName: 'lamps' });
  expect(cloud.identities.registerAtFirstConnect(der).event).toBeDefined();
  expectProvisioned();
});

test.each<[string, () => RegistrationConfig, RegExp]>([
  [
    'A parameter that the certificate has no value for',
    () => ({
      roleArn: ROLE,
      templateBody: JSON.stringify({
        ...template,
        Parameters: { ...template.Parameters, 'AWS::IoT::Certificate::Organization': { Type: 'String' } },
      }),
    }),
    /parameter AWS::IoT::Certificate::Organization .* neither a value nor a default/,
  ],
  [
    'A template that is not there',
    () => ({ templateName: 'nobody' }),
    /Provisioning template nobody does not exist/,
  ],
  [
    'A template that is not enabled',
    () => {
      createTemplate(cloud.security, {
        name: 'off',
        body: templateBody,
        roleArn: ROLE,
        description: undefined,
        isEnabled: false,
      });
      return { templateName: 'off' };
    },
    /template off is not enabled/,
  ],
  [
    'A group that is not there',
    () => ({ roleArn: ROLE, templateBody: templateBody.replace('"lamps"', '"no-lamps"') }),
    /The resource thing .* Thing group no-lamps does not exist \(ResourceNotFoundException\)/,
  ],
])('%s leaves the certificate PENDING_ACTIVATION and nothing else behind.', (_what, config, message) => {
  register(config());
  cloud.identities.registerAtFirstConnect(der);
  expect(cloud.failures).toMatchObject([
    { certificateId, error: { message: expect.stringMatching(message) } },
  ]);
  expect(stateOf(cloud, certificateId)).toEqual({ status: 'PENDING_ACTIVATION', things: [], policies: [] });
  expect(cloud.registry.things.find('lamp-1')).toBeUndefined();
});

const run = (body: string, parameters: Record<string, string> = {}) =>
  registerThing(cloud.place, body, {
    'AWS::IoT::Certificate::CommonName': 'lamp-1',
    'AWS::IoT::Certificate::Id': certificateId,
    'AWS::IoT::Certificate::Country': 'DE',
    ...parameters,
  });

test.each([
  ['DO_NOTHING', { owner: 'anna' }, undefined],
  ['MERGE', { owner: 'anna', serial: '42' }, undefined],
  ['REPLACE', { serial: '42' }, undefined],
  ['FAIL', { owner: 'anna' }, /resource thing .* its AttributePayload is not to be overridden/],
] as const)('With %s for its attributes a thing that is there has %j.', (override, attributes, refusal) => {
  const { registry } = cloud;
  registry.things.create({ thingName: 'lamp-1', attributePayload: { attributes: { owner: 'anna' } } });
  const body = JSON.stringify({
    Resources: {
      thing: {
        Type: 'AWS::IoT::Thing',
        Properties: { ThingName: 'lamp-1', AttributePayload: { serial: '42' } },
        OverrideSettings: { AttributePayload: override },
      },
    },
  });
  if (refusal === undefined) run(body);
  else expect(() => run(body)).toThrow(refusal);
  expect(registry.things.require('lamp-1').attributes).toEqual(attributes);
});

test.each([
  ['DO_NOTHING', ['DE']],
  ['MERGE', ['DE', 'lamps']],
  ['REPLACE', ['lamps']],
] as const)('With %s for its groups a thing that is there is in %j.', (override, groups) => {
  const { registry } = cloud;
  const thing = registry.things.create({ thingName: 'lamp-1' });
  registry.memberships.add(thing, registry.thingGroups.require('DE'));
  run(
    JSON.stringify({
      Resources: {
        thing: {
          Type: 'AWS::IoT::Thing',
          Properties: { ThingName: 'lamp-1', ThingGroups: ['lamps'] },
          OverrideSettings: { ThingGroups: override },
        },
      },
    }),
  );
  expect(groupsOf('lamp-1').sort()).toEqual(groups);
});

test('A certificate that somebody has revoked stays so, and its things and policies are the same once more.', () => {
  register({ templateBody, roleArn: ROLE });
  cloud.identities.registerAtFirstConnect(der);
  const once = stateOf(cloud, certificateId);
  updateCertificate(cloud.security, certificateId, 'REVOKED');
  run(templateBody);
  expect(stateOf(cloud, certificateId)).toEqual({ ...once, status: 'REVOKED' });
});

test('A signing request gets a certificate of this cloud, ACTIVE with its policy and its thing.', () => {
  createPolicy(cloud.security, 'devices', POLICY);
  const { certificatePem, resourceArns } = run(
    JSON.stringify({
      Parameters: { CSR: { Type: 'String' } },
      Resources: {
        lamp: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'lamp-9' } },
        cert: { Type: 'AWS::IoT::Certificate', Properties: { CertificateSigningRequest: { Ref: 'CSR' } } },
        own: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'devices' } },
      },
    }),
    { CSR: makeSigningRequest({ CommonName: ['lamp-9'] }, keyPair('lamp-9')) },
  );
  const { arns } = cloud.security;
  const id = arns.nameIn('cert', resourceArns['cert'] ?? '') ?? '';
  expect(certificatePem).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(resourceArns).toEqual({
    lamp: arns.of('thing', 'lamp-9'),
    cert: arns.of('cert', id),
    own: arns.of('policy', 'devices'),
  });
  expect(stateOf(cloud, id)).toEqual({ status: 'ACTIVE', things: ['lamp-9'], policies: ['devices'] });
});
