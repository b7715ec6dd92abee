import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderProvisioning } from '../../../../local/iot/provisioning/render.ts';
import { readProvisioningTemplate } from '../../../../local/iot/provisioning/template.ts';
import { AwsApiError } from '../../../../local/errors.ts';

const SEED = 20_261_121;

const body = (sections: object): string => JSON.stringify(sections);

const thingWith = (properties: object, sections: object = {}) =>
  body({
    Parameters: {
      'AWS::IoT::Certificate::CommonName': { Type: 'String' },
      Place: { Type: 'String', Default: 'hall-north' },
    },
    Mappings: { Sites: { hall: { Group: 'greenhouse-1' } } },
    Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: properties } },
    ...sections,
  });

const PARAMETERS = { 'AWS::IoT::Certificate::CommonName': 'lamp-1' };
const COMMON_NAME = { Ref: 'AWS::IoT::Certificate::CommonName' };

function render(text: string, parameters: Record<string, string> = PARAMETERS) {
  return renderProvisioning(readProvisioningTemplate(text), parameters);
}

test.each<[string, unknown, string]>([
  ['a Ref to what the certificate says', COMMON_NAME, 'lamp-1'],
  ['a Ref to a default', { Ref: 'Place' }, 'hall-north'],
  ['Fn::Join', { 'Fn::Join': ['', ['device-', COMMON_NAME]] }, 'device-lamp-1'],
  ['Fn::Split in Fn::Select', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Place' }] }] }, 'north'],
  ['an index that is text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
  ['Fn::FindInMap', { 'Fn::FindInMap': ['Sites', 'hall', 'Group'] }, 'greenhouse-1'],
  ['Fn::Sub', { 'Fn::Sub': '${Place}:${AWS::IoT::Certificate::CommonName}' }, 'hall-north:lamp-1'],
  [
    'Fn::Sub with names of its own',
    { 'Fn::Sub': ['${a}-${a}-${Place}', { a: COMMON_NAME }] },
    'lamp-1-lamp-1-hall-north',
  ],
  ['a number', 7, '7'],
])('A name may be made of %s.', (_what, value, expected) => {
  expect(render(thingWith({ ThingName: value })).thing?.thingName).toBe(expected);
});

test('Fn::Sub leaves what is written with an exclamation mark.', () => {
  const attributes = { kept: { 'Fn::Sub': '${!Kept}/${Place}' } };
  const { thing } = render(thingWith({ ThingName: 'a', AttributePayload: attributes }));
  expect(thing?.attributes).toEqual({ kept: '${Kept}/hall-north' });
});

test('A thing has its attributes, type, groups, billing group and override settings.', () => {
  const { thing } = render(
    body({
      Parameters: { 'AWS::IoT::Certificate::CommonName': { Type: 'String' } },
      Resources: {
        device: {
          Type: 'AWS::IoT::Thing',
          Properties: {
            ThingName: COMMON_NAME,
            AttributePayload: { version: 'v1', owner: COMMON_NAME, floor: 3 },
            ThingTypeName: 'lamp',
            ThingGroups: ['lamps', { 'Fn::Join': ['-', ['of', COMMON_NAME]] }],
            BillingGroup: 'hall',
          },
          OverrideSettings: { AttributePayload: 'MERGE', ThingGroups: 'REPLACE', ThingTypeName: 'FAIL' },
        },
      },
    }),
  );
  expect(thing).toEqual({
    logicalId: 'device',
    thingName: 'lamp-1',
    attributes: { version: 'v1', owner: 'lamp-1', floor: '3' },
    thingTypeName: 'lamp',
    thingGroupNames: ['lamps', 'of-lamp-1'],
    billingGroupName: 'hall',
    overrides: {
      attributes: 'MERGE',
      thingType: 'FAIL',
      thingGroups: 'REPLACE',
      billingGroup: 'DO_NOTHING',
    },
  });
});

test('A policy without a name is called by the hash of its text, a Ref to a resource gives its name.', () => {
  const { policies, certificate, deviceConfiguration } = render(
    body({
      Parameters: { Id: { Type: 'String', Default: 'AB'.repeat(32) } },
      Resources: {
        own: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: '{"a":1}' } },
        shared: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'devices' } },
        certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'Id' } } },
      },
      DeviceConfiguration: { policy: { Ref: 'shared' } },
    }),
  );
  expect(policies).toEqual([
    {
      logicalId: 'own',
      policyName: '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
      document: '{"a":1}',
    },
    { logicalId: 'shared', policyName: 'devices', document: undefined },
  ]);
  expect(certificate).toMatchObject({
    source: { by: 'id', certificateId: 'ab'.repeat(32) },
    status: 'ACTIVE',
    override: 'DO_NOTHING',
  });
  expect(deviceConfiguration).toEqual({ policy: 'devices' });
});

test('A parameter without a value and without a default is named.', () => {
  expect(() => render(thingWith({ ThingName: 'a' }), {})).toThrow(
    /parameter AWS::IoT::Certificate::CommonName .* neither a value nor a default/,
  );
});

const doubled = (name: string) => ({ 'Fn::Join': ['', [{ Ref: name }, { Ref: name }]] });
const bomb = Object.fromEntries([
  ...Array.from({ length: 28 }, (_, index) => [
    `p${index}`,
    { Type: 'AWS::IoT::Policy', Properties: { PolicyName: doubled(`p${index + 1}`) } },
  ]),
  ['p28', { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'x' } }],
  ['c', { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: 'a' } }],
]);

test.each<[string, string, RegExp]>([
  ['no JSON', '{', /is not JSON/],
  ['too long a text', ' '.repeat(10_241), /at most 10240 characters, this one has 10241/],
  ['a section that is not known', body({ Resources: {}, Outputs: {} }), /not valid at its root: .*Outputs/],
  [
    'a resource that is not known',
    body({ Resources: { t: { Type: 'AWS::S3::Bucket', Properties: {} } } }),
    /Resources\.t\.Type/,
  ],
  [
    'a property that is not known',
    thingWith({ ThingName: 'a', Colour: 'red' }),
    /Resources\.thing\.Properties.*Colour/,
  ],
  [
    'two things',
    body({
      Resources: Object.fromEntries(
        ['a', 'b'].map((name) => [name, { Type: 'AWS::IoT::Thing', Properties: { ThingName: name } }]),
      ),
    }),
    /at most one resource of the type AWS::IoT::Thing/,
  ],
  [
    'MERGE where there is nothing to merge',
    body({
      Resources: {
        t: {
          Type: 'AWS::IoT::Thing',
          Properties: { ThingName: 'a' },
          OverrideSettings: { BillingGroup: 'MERGE' },
        },
      },
    }),
    /Resources\.t\.OverrideSettings\.BillingGroup/,
  ],
  [
    'a policy for nobody',
    body({ Resources: { p: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'a' } } } }),
    /needs the certificate/,
  ],
  [
    'a function that is not known',
    thingWith({ ThingName: { 'Fn::GetAtt': ['a', 'Arn'] } }),
    /Fn::GetAtt is not one of a provisioning template; those are Ref, Fn::Join/,
  ],
  ['a name that nothing has', thingWith({ ThingName: { Ref: 'Nobody' } }), /declares no parameter "Nobody"/],
  [
    'an element that is not there',
    thingWith({ ThingName: { 'Fn::Select': [2, ['a']] } }),
    /Fn::Select .* no element 2/,
  ],
  [
    'a mapping that is not there',
    thingWith({ ThingName: { 'Fn::FindInMap': ['Sites', 'hall', 'toString'] } }),
    /nothing stands at Sites\.hall\.toString/,
  ],
  [
    'an object where text is needed',
    thingWith({ ThingName: { a: 1 } }),
    /thing\.ThingName .* text is needed/,
  ],
  ['a resource that refers to itself', thingWith({ ThingName: { Ref: 'thing' } }), /thing refers to itself/],
  [
    'a certificate from nowhere',
    body({ Resources: { c: { Type: 'AWS::IoT::Certificate', Properties: {} } } }),
    /needs one of CertificateId, CertificateSigningRequest and CertificatePem/,
  ],
  ['text without end', body({ Resources: bomb }), /Fn::Join .* longer than 65536 characters/],
])('%s is refused by its name.', (_what, text, message) => {
  let thrown: unknown;
  try {
    render(text);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(AwsApiError);
  expect(thrown).toMatchObject({ code: 'InvalidRequestException', message: expect.stringMatching(message) });
});

test(`Whatever the template is, it is rendered or refused as a request (seed ${SEED}).`, () => {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('', 'Place', 'a-b', '${Place}', '${', 0, 1, null, true),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc
        .tuple(
          fc.constantFrom(
            'Ref',
            'Fn::Join',
            'Fn::Select',
            'Fn::Split',
            'Fn::Sub',
            'Fn::FindInMap',
            'Fn::If',
            'a',
          ),
          tie('tree'),
        )
        .map(([name, inner]) => ({ [name]: inner })),
    ),
  }));
  let rendered = 0;
  fc.assert(
    fc.property(tree, tree, (name, groups) => {
      try {
        const { thing } = render(thingWith({ ThingName: name, ThingGroups: groups }));
        expect(thing?.thingName).toMatch(/^[a-zA-Z0-9:_-]{1,128}$/);
        rendered += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'InvalidRequestException' });
      }
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  expect(rendered).toBeGreaterThan(20);
});

test(`Whatever the body is, it is read or refused as a request (seed ${SEED}).`, () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        expect(readProvisioningTemplate(text).Resources).toBeTypeOf('object');
      } catch (error) {
        expect(error).toMatchObject({ code: 'InvalidRequestException' });
      }
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});
