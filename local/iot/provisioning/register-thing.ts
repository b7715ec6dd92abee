import { AwsApiError } from '../../errors.ts';
import { readOrRefuse } from '../registry/certificate-errors.ts';
import {
  keepIssued,
  registerCertificate,
  requireCertificate,
  updateCertificate,
} from '../registry/certificates.ts';
import type { CertificateRecord } from '../registry/certificates-store.ts';
import { iotError, invalidRequest } from '../registry/errors.ts';
import { createPolicy } from '../registry/policies.ts';
import { attachPolicy } from '../registry/policy-attachments.ts';
import type { Registry } from '../registry/registry.ts';
import type { SecurityContext } from '../registry/security-context.ts';
import { readCertificate, readCertificates } from '../x509/certificate.ts';
import { readSigningRequest } from '../x509/signing-request.ts';
import { provisionThing } from './provision-thing.ts';
import { renderProvisioning, type RenderedCertificate, type RenderedPolicy } from './render.ts';
import { readProvisioningTemplate } from './template.ts';

/** The parts of the registry that provisioning writes into. */
export interface ProvisioningPlace {
  readonly registry: Registry;
  readonly security: SecurityContext;
}

/** What RegisterThing answers. */
export interface RegisteredThing {
  /** Undefined when the template has no certificate. */
  readonly certificatePem: string | undefined;
  /** By the names that the template gives its resources. */
  readonly resourceArns: Readonly<Record<string, string>>;
  readonly deviceConfiguration: unknown;
}

/**
 * RegisterThing: makes what a template says, all of it or nothing:
 *
 *     certificate ─▶ policies ─▶ thing, its groups ─▶ attachments ─▶ the certificate's status, last
 *
 * The status is last because until then the device can do nothing.
 *
 * @throws AwsApiError `InvalidRequestException` for the template or its parameters;
 *   `ResourceRegistrationFailureException`, which names the resource, for what the registry refuses
 */
export function registerThing(
  place: ProvisioningPlace,
  body: string,
  parameters: Readonly<Record<string, string>>,
): RegisteredThing {
  const rendering = renderProvisioning(readProvisioningTemplate(body), parameters);
  const { registry, security } = place;
  const { arns } = security;
  const { thing, certificate, policies, deviceConfiguration } = rendering;
  return security.database.transaction(() => {
    const resourceArns: Record<string, string> = {};
    const kept =
      certificate === undefined
        ? undefined
        : {
            ...named(certificate.logicalId, () => keepCertificate(security, certificate)),
            certificate,
          };
    if (kept !== undefined) {
      const arn = arns.of('cert', kept.record.certificateId);
      resourceArns[kept.certificate.logicalId] = arn;
      for (const policy of policies) {
        named(policy.logicalId, () => attach(security, policy, arn));
        resourceArns[policy.logicalId] = arns.of('policy', policy.policyName);
      }
    }
    if (thing !== undefined) {
      named(thing.logicalId, () => {
        const registered = provisionThing(registry, thing);
        if (kept === undefined) return;
        const principal = arns.of('cert', kept.record.certificateId);
        registry.principals.attach(registered, principal, kept.certificate.thingPrincipalType);
      });
      resourceArns[thing.logicalId] = arns.of('thing', thing.thingName);
    }
    if (kept !== undefined) named(kept.certificate.logicalId, () => setStatus(security, kept));
    return { certificatePem: kept?.record.pem, resourceArns, deviceConfiguration };
  });
}

interface KeptCertificate {
  readonly record: CertificateRecord;
  /** Whether this very call has brought it. */
  readonly isNew: boolean;
}

function keepCertificate(security: SecurityContext, { source }: RenderedCertificate): KeptCertificate {
  if (source.by === 'id') {
    return { record: requireCertificate(security, source.certificateId), isNew: false };
  }
  if (source.by === 'signing-request') {
    const { subject, publicKey } = readOrRefuse('The signing request', invalidRequest, () =>
      readSigningRequest(source.pem),
    );
    const der = security.authority.issueDeviceCertificate(subject, publicKey, security.clock.now());
    const known = security.certificates.find(readCertificate(der).certificateId);
    return { record: known ?? keepIssued(security, der, false), isNew: known === undefined };
  }
  const [first] = readOrRefuse('The certificate', invalidRequest, () => readCertificates(source.pem));
  const known = first === undefined ? undefined : security.certificates.find(first.certificateId);
  if (known !== undefined) return { record: known, isNew: false };
  const request = { certificatePem: source.pem, caCertificatePem: source.caPem, status: 'INACTIVE' };
  return { record: registerCertificate(security, request), isNew: true };
}

function attach(security: SecurityContext, { policyName, document }: RenderedPolicy, target: string): void {
  if (document !== undefined && security.policies.find(policyName) === undefined) {
    createPolicy(security, policyName, document);
  }
  attachPolicy(security, policyName, target);
}

/** A certificate that is new or waits for its activation takes the template's status; any other by the setting. */
function setStatus(
  security: SecurityContext,
  { record, isNew, certificate }: KeptCertificate & { readonly certificate: RenderedCertificate },
): void {
  const { certificateId, status } = record;
  const isWaiting = isNew || status === 'PENDING_ACTIVATION';
  if (!isWaiting && certificate.override === 'FAIL') {
    throw invalidRequest(`The certificate ${certificateId} is there already, as ${status}`);
  }
  if (isWaiting || certificate.override === 'REPLACE') {
    updateCertificate(security, certificateId, certificate.status);
  }
}

/** Says which resource of the template was refused. */
function named<Result>(logicalId: string, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof AwsApiError)) throw thrown;
    throw iotError(
      'ResourceRegistrationFailureException',
      `The resource ${logicalId} of the provisioning template could not be registered: ${thrown.message} (${thrown.code})`,
    );
  }
}
