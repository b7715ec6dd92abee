import { z } from 'zod';
import { errorText } from '../../../shared/errors.ts';
import { invalidRequest } from '../registry/errors.ts';

/** AWS IoT's quota of characters of a template (API, `templateBody`). */
const MAX_CHARACTERS = 10_240;

/** What happens with a property of something that is there already. */
export const OVERRIDES = ['DO_NOTHING', 'REPLACE', 'FAIL', 'MERGE'] as const;
export type Override = (typeof OVERRIDES)[number];

const override = z.enum(OVERRIDES);
const overrideWithoutMerge = z.enum(['DO_NOTHING', 'REPLACE', 'FAIL']);

/** A value that may be made of intrinsic functions. */
const value = z.unknown();

const thing = z.strictObject({
  Type: z.literal('AWS::IoT::Thing'),
  Properties: z.strictObject({
    ThingName: value,
    AttributePayload: value.optional(),
    ThingTypeName: value.optional(),
    ThingGroups: value.optional(),
    BillingGroup: value.optional(),
  }),
  OverrideSettings: z
    .strictObject({
      AttributePayload: override.optional(),
      ThingTypeName: overrideWithoutMerge.optional(),
      ThingGroups: override.optional(),
      BillingGroup: overrideWithoutMerge.optional(),
    })
    .default({}),
});

const certificate = z.strictObject({
  Type: z.literal('AWS::IoT::Certificate'),
  Properties: z.strictObject({
    CertificateId: value.optional(),
    CertificateSigningRequest: value.optional(),
    CertificatePem: value.optional(),
    CACertificatePem: value.optional(),
    Status: value.optional(),
    ThingPrincipalType: value.optional(),
  }),
  OverrideSettings: z.strictObject({ Status: overrideWithoutMerge.optional() }).default({}),
});

const policy = z.strictObject({
  Type: z.literal('AWS::IoT::Policy'),
  Properties: z.strictObject({ PolicyName: value.optional(), PolicyDocument: value.optional() }),
});

const bodySchema = z.strictObject({
  Parameters: z
    .record(z.string(), z.strictObject({ Type: z.literal('String'), Default: z.string().optional() }))
    .default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), value))).default({}),
  Resources: z.record(z.string(), z.discriminatedUnion('Type', [thing, certificate, policy])),
  DeviceConfiguration: z.record(z.string(), value).optional(),
});

/** A provisioning template as it was written, with its sections and resources checked and no value resolved. */
export type ProvisioningTemplate = z.infer<typeof bodySchema>;
export type TemplateResource = ProvisioningTemplate['Resources'][string];

/** How many resources of a kind a template may have. */
const AT_MOST_ONE = ['AWS::IoT::Thing', 'AWS::IoT::Certificate'] as const;

/**
 * Reads the body of a provisioning template. A section, a type of resource or a property that is not known is
 * refused by its name.
 *
 * @throws AwsApiError `InvalidRequestException`
 */
export function readProvisioningTemplate(body: string): ProvisioningTemplate {
  if (body.length > MAX_CHARACTERS) {
    throw invalidRequest(
      `A provisioning template has at most ${MAX_CHARACTERS} characters, this one has ${body.length}`,
    );
  }
  const parsed = bodySchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? 'its root' : issue.path.join('.');
    throw invalidRequest(
      `The provisioning template is not valid at ${place}: ${issue?.message ?? 'it cannot be read'}`,
    );
  }
  const types = Object.values(parsed.data.Resources).map(({ Type }) => Type);
  for (const type of AT_MOST_ONE) {
    if (types.filter((one) => one === type).length > 1) {
      throw invalidRequest(`A provisioning template has at most one resource of the type ${type}`);
    }
  }
  if (!types.includes('AWS::IoT::Certificate') && types.includes('AWS::IoT::Policy')) {
    throw invalidRequest(
      'A provisioning template with a policy needs the certificate that it is attached to',
    );
  }
  return parsed.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw invalidRequest(`The provisioning template is not JSON: ${errorText(error)}`);
  }
}
