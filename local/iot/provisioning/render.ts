import { createHash } from 'node:crypto';
import { invalidRequest } from '../registry/errors.ts';
import { isObject, list, resolveValue, text, type ResolveScope } from './resolve.ts';
import type { Override, ProvisioningTemplate, TemplateResource } from './template.ts';

/** A thing that a template asks for. */
export interface RenderedThing {
  readonly logicalId: string;
  readonly thingName: string;
  readonly attributes: Readonly<Record<string, string>> | undefined;
  readonly thingTypeName: string | undefined;
  readonly thingGroupNames: readonly string[] | undefined;
  readonly billingGroupName: string | undefined;
  /** What happens to each of them when the thing is there. @default all DO_NOTHING */
  readonly overrides: Readonly<Record<'attributes' | 'thingType' | 'thingGroups' | 'billingGroup', Override>>;
}

/** Where the certificate comes from. */
export type CertificateSource =
  | { readonly by: 'id'; readonly certificateId: string }
  | { readonly by: 'signing-request'; readonly pem: string }
  | { readonly by: 'pem'; readonly pem: string; readonly caPem: string | undefined };

/** The certificate that a template asks for. */
export interface RenderedCertificate {
  readonly logicalId: string;
  readonly source: CertificateSource;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly thingPrincipalType: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';
  /** What happens to the status of a certificate that is there. @default DO_NOTHING */
  readonly override: Override;
}

/** A policy that a template asks for: one that is there, or its text. */
export interface RenderedPolicy {
  readonly logicalId: string;
  readonly policyName: string;
  /** Undefined: the policy has to be there. */
  readonly document: string | undefined;
}

/** What a template makes of its parameters. */
export interface Rendering {
  readonly thing: RenderedThing | undefined;
  readonly certificate: RenderedCertificate | undefined;
  readonly policies: readonly RenderedPolicy[];
  /** For the device; undefined where the template has none. */
  readonly deviceConfiguration: unknown;
}

/** AWS IoT's names of things. */
const THING_NAME = /^[a-zA-Z0-9:_-]{1,128}$/;

/** The property by which a `Ref` names a resource. */
const NAMED_BY = {
  'AWS::IoT::Thing': 'ThingName',
  'AWS::IoT::Certificate': 'CertificateId',
  'AWS::IoT::Policy': 'PolicyName',
} as const;

/**
 * Makes the resources of a template from parameters. Parameters that the template does not declare are not used.
 *
 * @throws AwsApiError `InvalidRequestException`: for a declared parameter without value and default, by its name;
 *   for a value that cannot be resolved or is not what its property takes
 */
export function renderProvisioning(
  template: ProvisioningTemplate,
  parameters: Readonly<Record<string, string>>,
): Rendering {
  const scope = createScope(template, readParameters(template, parameters));
  const resources = Object.entries(template.Resources);
  const rendering: { -readonly [Key in keyof Rendering]: Rendering[Key] } = {
    thing: undefined,
    certificate: undefined,
    policies: [],
    deviceConfiguration: resolveValue(template.DeviceConfiguration, scope),
  };
  for (const [logicalId, resource] of resources) {
    if (resource.Type === 'AWS::IoT::Thing') rendering.thing = renderThing(logicalId, resource, scope);
    else if (resource.Type === 'AWS::IoT::Policy') {
      rendering.policies = [...rendering.policies, renderPolicy(logicalId, resource, scope)];
    } else rendering.certificate = renderCertificate(logicalId, resource, scope);
  }
  return rendering;
}

function readParameters(
  { Parameters }: ProvisioningTemplate,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(Parameters).map(([name, { Default }]) => {
      const value = Object.hasOwn(given, name) ? given[name] : Default;
      if (value === undefined) {
        throw invalidRequest(
          `The parameter ${name} of the provisioning template has neither a value nor a default`,
        );
      }
      return [name, value];
    }),
  );
}

/** Names of resources are resolved once each: references to references would else cost their product. */
function createScope(template: ProvisioningTemplate, parameters: ReadonlyMap<string, string>): ResolveScope {
  const names = new Map<string, string>();
  const pending = new Set<string>();
  const scope: ResolveScope = {
    mappings: template.Mappings,
    reference(name) {
      const known = parameters.get(name) ?? names.get(name);
      if (known !== undefined) return known;
      const resource = Object.hasOwn(template.Resources, name) ? template.Resources[name] : undefined;
      if (resource === undefined) {
        throw invalidRequest(`The provisioning template declares no parameter "${name.slice(0, 140)}"`);
      }
      if (pending.has(name)) throw invalidRequest(`The resource ${name} refers to itself`);
      pending.add(name);
      const property = NAMED_BY[resource.Type];
      const properties: Readonly<Record<string, unknown>> = resource.Properties;
      const own = text(resolveValue(properties[property], scope), `Ref of ${name}, by its ${property},`);
      pending.delete(name);
      names.set(name, own);
      return own;
    },
  };
  return scope;
}

type ResourceOf<Type extends TemplateResource['Type']> = Extract<TemplateResource, { Type: Type }>;

function renderThing(
  logicalId: string,
  { Properties, OverrideSettings }: ResourceOf<'AWS::IoT::Thing'>,
  scope: ResolveScope,
): RenderedThing {
  const at = (property: string): string => `${logicalId}.${property}`;
  const { ThingGroups, AttributePayload } = Properties;
  const groups = resolveValue(ThingGroups, scope);
  const attributes = resolveValue(AttributePayload, scope);
  return {
    logicalId,
    thingName: thingName(text(resolveValue(Properties.ThingName, scope), at('ThingName')), at('ThingName')),
    attributes: attributes === undefined ? undefined : texts(attributes, at('AttributePayload')),
    thingTypeName: optionalText(Properties.ThingTypeName, scope, at('ThingTypeName')),
    thingGroupNames:
      groups === undefined
        ? undefined
        : list(groups, at('ThingGroups')).map((name) => text(name, at('ThingGroups'))),
    billingGroupName: optionalText(Properties.BillingGroup, scope, at('BillingGroup')),
    overrides: {
      attributes: OverrideSettings.AttributePayload ?? 'DO_NOTHING',
      thingType: OverrideSettings.ThingTypeName ?? 'DO_NOTHING',
      thingGroups: OverrideSettings.ThingGroups ?? 'DO_NOTHING',
      billingGroup: OverrideSettings.BillingGroup ?? 'DO_NOTHING',
    },
  };
}

function thingName(name: string, where: string): string {
  if (THING_NAME.test(name)) return name;
  throw invalidRequest(
    `${where} in the provisioning template becomes "${name.slice(0, 140)}", which no thing can be called: ` +
      'names have 1 to 128 letters, digits, ":", "_" and "-"',
  );
}

function renderCertificate(
  logicalId: string,
  { Properties, OverrideSettings }: ResourceOf<'AWS::IoT::Certificate'>,
  scope: ResolveScope,
): RenderedCertificate {
  const read = (property: keyof typeof Properties): string | undefined =>
    optionalText(Properties[property], scope, `${logicalId}.${property}`);
  const id = read('CertificateId');
  const request = read('CertificateSigningRequest');
  const pem = read('CertificatePem');
  const sources: CertificateSource[] = [
    ...(id === undefined ? [] : [{ by: 'id', certificateId: id.toLowerCase() } as const]),
    ...(request === undefined ? [] : [{ by: 'signing-request', pem: request } as const]),
    ...(pem === undefined ? [] : [{ by: 'pem', pem, caPem: read('CACertificatePem') } as const]),
  ];
  const [source] = sources;
  if (source === undefined || sources.length > 1) {
    throw invalidRequest(
      `The certificate ${logicalId} needs one of CertificateId, CertificateSigningRequest and CertificatePem`,
    );
  }
  return {
    logicalId,
    source,
    status: oneOf(read('Status') ?? 'ACTIVE', ['ACTIVE', 'INACTIVE'], `${logicalId}.Status`),
    thingPrincipalType: oneOf(
      read('ThingPrincipalType') ?? 'NON_EXCLUSIVE_THING',
      ['EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING'],
      `${logicalId}.ThingPrincipalType`,
    ),
    override: OverrideSettings.Status ?? 'DO_NOTHING',
  };
}

function renderPolicy(
  logicalId: string,
  { Properties: { PolicyName, PolicyDocument } }: ResourceOf<'AWS::IoT::Policy'>,
  scope: ResolveScope,
): RenderedPolicy {
  const name = optionalText(PolicyName, scope, `${logicalId}.PolicyName`);
  const resolved = resolveValue(PolicyDocument, scope);
  const document = isObject(resolved) ? JSON.stringify(resolved) : resolved;
  if ((name === undefined) === (document === undefined)) {
    throw invalidRequest(`The policy ${logicalId} needs either a PolicyName or a PolicyDocument`);
  }
  if (name !== undefined) return { logicalId, policyName: name, document: undefined };
  const written = text(document, `${logicalId}.PolicyDocument`);
  // A policy without a name is called by the hash of its text, so that all devices share it.
  return { logicalId, policyName: createHash('sha256').update(written).digest('hex'), document: written };
}

function optionalText(value: unknown, scope: ResolveScope, where: string): string | undefined {
  const resolved = resolveValue(value, scope);
  return resolved === undefined ? undefined : text(resolved, where);
}

function texts(value: unknown, where: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw invalidRequest(`${where} in the provisioning template has to be an object`);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, text(inner, `${where}.${name}`)]),
  );
}

function oneOf<const Choice extends string>(
  value: string,
  choices: readonly Choice[],
  where: string,
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw invalidRequest(`${where} is ${choices.join(' or ')}, not "${value.slice(0, 60)}"`);
}
