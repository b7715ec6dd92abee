import type { RegistrationConfig } from '../registry/cas-store.ts';
import { requireCertificate } from '../registry/certificates.ts';
import { invalidRequest } from '../registry/errors.ts';
import type { Provision } from '../registry/security-context.ts';
import { readCertificates } from '../x509/certificate.ts';
import type { NameField } from '../x509/distinguished-name.ts';
import { AwsApiError } from '../../errors.ts';
import { registerThing, type ProvisioningPlace } from './register-thing.ts';
import { requireTemplate, requireTemplateVersion } from './templates.ts';

/** The parameters that AWS IoT takes from the subject of a certificate. */
const PARAMETERS: Readonly<Record<string, NameField>> = {
  Country: 'Country',
  Organization: 'Organization',
  OrganizationalUnit: 'OrganizationalUnit',
  DistinguishedNameQualifier: 'DistinguishedNameQualifier',
  StateName: 'State',
  CommonName: 'CommonName',
  SerialNumber: 'SerialNumber',
};

/** A device that could not be provisioned: its certificate stays PENDING_ACTIVATION. */
export interface ProvisioningFailure {
  readonly certificateId: string;
  /** What AWS keeps in its own logs. */
  readonly error: AwsApiError;
}

export interface JustInTimeOptions {
  /** Called at each use: the registry and what provisions for it know each other. */
  readonly place: () => ProvisioningPlace;
  readonly failed: (failure: ProvisioningFailure) => void;
}

/**
 * Just-in-time provisioning: what `createSecurityContext` runs for a certificate that its CA has just registered.
 * A failure is reported and not thrown: the device is refused either way, and the registration stands.
 */
export function createJustInTimeProvisioning({ place, failed }: JustInTimeOptions): Provision {
  return (certificateId, config) => {
    try {
      const { body, parameters } = prepare(place(), certificateId, config);
      registerThing(place(), body, parameters);
    } catch (error) {
      if (!(error instanceof AwsApiError)) throw error;
      failed({ certificateId, error });
    }
  };
}

function prepare({ security }: ProvisioningPlace, certificateId: string, config: RegistrationConfig) {
  const { pem } = requireCertificate(security, certificateId);
  return { body: bodyOf({ security }, config), parameters: certificateParameters(pem, certificateId) };
}

function bodyOf({ security }: Pick<ProvisioningPlace, 'security'>, config: RegistrationConfig): string {
  const { templateBody, templateName } = config;
  if (templateBody !== undefined) return templateBody;
  if (templateName === undefined) throw invalidRequest('The CA has no provisioning template');
  const template = requireTemplate(security, templateName);
  if (!template.isEnabled) throw invalidRequest(`The provisioning template ${templateName} is not enabled`);
  return requireTemplateVersion(security, template, template.defaultVersion).body;
}

/** What a certificate gives a template: only what stands in its subject, the first of each kind. */
export function certificateParameters(pem: string, certificateId: string): Readonly<Record<string, string>> {
  const [certificate] = readCertificates(pem);
  const parameters: Record<string, string> = { 'AWS::IoT::Certificate::Id': certificateId };
  for (const [name, field] of Object.entries(PARAMETERS)) {
    const value = certificate?.subject[field]?.[0];
    if (value !== undefined) parameters[`AWS::IoT::Certificate::${name}`] = value;
  }
  return parameters;
}
