import { z } from 'zod';
import { ConfigurationError } from '../../errors.ts';
import { certificateIdOf, readCertificates } from '../../iot/x509/certificate.ts';
import { errorText } from '../../../shared/errors.ts';
import type { Place } from './resource-type.ts';

/** Texts as CloudFormation takes them: it writes numbers and booleans out. */
export const textsSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
);

/** Booleans as templates write them. */
export const booleanSchema = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
]);

/** The properties that name something, with what AWS IoT takes for a name there. */
const NAMES = {
  ThingName: /^[a-zA-Z0-9:_-]{1,128}$/,
  ThingTypeName: /^[a-zA-Z0-9:_-]{1,128}$/,
  ThingGroupName: /^[a-zA-Z0-9:_-]{1,128}$/,
  BillingGroupName: /^[a-zA-Z0-9:_-]{1,128}$/,
  PolicyName: /^[\w+=,.@-]{1,128}$/,
  TemplateName: /^[0-9A-Za-z_-]{1,36}$/,
} as const;

export type NameProperty = keyof typeof NAMES;

/**
 * The name that a resource was given, or the one that it gets.
 *
 * @param given its property, resolved
 * @throws ConfigurationError NAME_NOT_TEXT, NAME_NOT_ALLOWED
 */
export function iotName(given: unknown, property: NameProperty, logicalId: string, { stack }: Place): string {
  const name = textOf(given, property, logicalId) ?? `${stack}-${logicalId}`;
  if (NAMES[property].test(name)) return name;
  throw new ConfigurationError(
    `the ${property} of resource "${logicalId}" is "${name.slice(0, 140)}"; it has to match ${NAMES[property].source}`,
    { code: 'NAME_NOT_ALLOWED', data: { logicalId, property, name } },
  );
}

/**
 * The id of the certificate whose PEM stands in a property.
 *
 * @param given the property, resolved
 * @throws ConfigurationError PROPERTY_NOT_SERVED, CERTIFICATE_UNREADABLE
 */
export function certificateIdIn(given: unknown, property: string, logicalId: string): string {
  const pem = textOf(given, property, logicalId);
  const data = { logicalId, property };
  if (pem === undefined) {
    throw new ConfigurationError(
      `resource "${logicalId}" needs its ${property}: only certificates that stand in the template can be had here`,
      { code: 'PROPERTY_NOT_SERVED', data },
    );
  }
  try {
    const [certificate] = readCertificates(pem);
    if (certificate !== undefined) return certificateIdOf(certificate.der);
  } catch (cause) {
    throw new ConfigurationError(
      `the ${property} of resource "${logicalId}" is not a certificate: ${errorText(cause)}`,
      { code: 'CERTIFICATE_UNREADABLE', data, cause },
    );
  }
  throw new ConfigurationError(`the ${property} of resource "${logicalId}" holds no certificate`, {
    code: 'CERTIFICATE_UNREADABLE',
    data,
  });
}

/** `arn:aws:iot:<region>:<account>:<resource>` */
export function iotArn({ partition, region, accountId }: Place, resource: string): string {
  return `arn:${partition}:iot:${region}:${accountId}:${resource}`;
}

function textOf(given: unknown, property: string, logicalId: string): string | undefined {
  if (given === undefined || typeof given === 'string') return given;
  throw new ConfigurationError(`the ${property} of resource "${logicalId}" has to be text`, {
    code: 'NAME_NOT_TEXT',
    data: { logicalId, property },
  });
}
