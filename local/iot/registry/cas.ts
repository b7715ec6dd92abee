import { AwsApiError } from '../../errors.ts';
import { certificatePem, readCertificates, type Certificate } from '../x509/certificate.ts';
import { isIssuedBy } from '../x509/chain.ts';
import type { CaRecord, RegistrationConfig } from './cas-store.ts';
import { stateException } from './certificate-status.ts';
import type { CertificateMode } from './certificates-store.ts';
import { certificateInvalid, readOrRefuse } from './certificate-errors.ts';
import { invalidRequest, iotError, notFound } from './errors.ts';
import type { SecurityContext } from './security-context.ts';

/** AWS IoT's quota of CA certificates with one subject, by account and region. */
const MAX_CAS_OF_ONE_SUBJECT = 10;

export interface NewCa {
  readonly caCertificate: string;
  readonly verificationCertificate?: string | undefined;
  readonly isActive: boolean;
  readonly isAutoRegistration: boolean;
  readonly mode: CertificateMode;
  readonly registrationConfig?: RegistrationConfig | undefined;
}

export interface CaChanges {
  readonly isActive?: boolean | undefined;
  readonly isAutoRegistration?: boolean | undefined;
  readonly registrationConfig?: RegistrationConfig | undefined;
  /** Takes the configuration away and turns the automatic registration off. */
  readonly removeAutoRegistration?: boolean | undefined;
}

/** @throws AwsApiError ResourceNotFoundException */
export function requireCa(context: SecurityContext, certificateId: string): CaRecord {
  const ca = context.cas.find(certificateId);
  if (ca === undefined) throw notFound('CA certificate', certificateId);
  return ca;
}

/**
 * RegisterCACertificate. In the mode DEFAULT whoever registers a CA proves that it is theirs: by a certificate
 * that the CA has signed for the account's registration code.
 *
 * @throws AwsApiError CertificateValidationException, RegistrationCodeValidationException,
 *   InvalidRequestException, ResourceAlreadyExistsException, LimitExceededException
 */
export function registerCa(context: SecurityContext, request: NewCa): CaRecord {
  const { isActive, isAutoRegistration, mode, registrationConfig } = request;
  checkRegistrationConfig(context, registrationConfig);
  const certificate = readOne(request.caCertificate, 'The CA certificate');
  const { certificateId, subjectKey } = certificate;
  if (!certificate.isCa) {
    throw certificateInvalid(
      'The CA certificate is no CA: its basic constraints do not allow it to sign others.',
    );
  }
  verifyOwner(context, certificate, request);
  if (context.cas.find(certificateId) !== undefined) {
    throw iotError('ResourceAlreadyExistsException', 'The CA certificate is already registered', {
      resourceId: certificateId,
      resourceArn: context.arns.of('cacert', certificateId),
    });
  }
  if (context.cas.findBySubject(subjectKey).length >= MAX_CAS_OF_ONE_SUBJECT) {
    throw iotError(
      'LimitExceededException',
      `There are ${MAX_CAS_OF_ONE_SUBJECT} CA certificates with this subject already.`,
    );
  }
  context.cas.insert({
    certificateId,
    certificate,
    isActive,
    isAutoRegistration,
    mode,
    pem: certificatePem(certificate.der),
    registrationConfig,
    createdAtMs: context.clock.now(),
    generationId: context.newId(),
  });
  return requireCa(context, certificateId);
}

/** @throws AwsApiError ResourceNotFoundException, InvalidRequestException */
export function updateCa(context: SecurityContext, certificateId: string, changes: CaChanges): void {
  const ca = requireCa(context, certificateId);
  const { isActive = ca.isActive, isAutoRegistration, removeAutoRegistration = false } = changes;
  if (removeAutoRegistration && (isAutoRegistration === true || changes.registrationConfig !== undefined)) {
    throw invalidRequest('removeAutoRegistration cannot stand beside what it removes.');
  }
  checkRegistrationConfig(context, changes.registrationConfig);
  const changed = removeAutoRegistration
    ? { isAutoRegistration: false, registrationConfig: undefined }
    : {
        isAutoRegistration: isAutoRegistration ?? ca.isAutoRegistration,
        registrationConfig: changes.registrationConfig ?? ca.registrationConfig,
      };
  context.cas.update({ ...ca, isActive, ...changed }, context.clock.now());
}

/**
 * DeleteCACertificate. The certificates that it has signed stay.
 *
 * @throws AwsApiError ResourceNotFoundException, CertificateStateException (406) while it is active
 */
export function deleteCa(context: SecurityContext, certificateId: string): void {
  if (requireCa(context, certificateId).isActive) {
    throw stateException(
      `CA certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`,
    );
  }
  context.cas.remove(certificateId);
}

function verifyOwner(context: SecurityContext, ca: Certificate, request: NewCa): void {
  const { mode, verificationCertificate } = request;
  if (verificationCertificate === undefined) {
    if (mode === 'SNI_ONLY') return;
    throw invalidRequest('A CA certificate in the mode DEFAULT needs a verificationCertificate.');
  }
  const verification = readOne(verificationCertificate, 'The verification certificate');
  const code = context.cas.registrationCode();
  if (code === undefined || !verification.subject.CommonName?.includes(code)) {
    throw iotError(
      'RegistrationCodeValidationException',
      'The common name of the verification certificate is not the registration code of this account.',
    );
  }
  if (!isIssuedBy(verification, ca)) {
    throw certificateInvalid('The verification certificate is not signed by the CA certificate.');
  }
}

/** A template is only taken where somebody runs it. */
function checkRegistrationConfig(context: SecurityContext, config: RegistrationConfig | undefined): void {
  if (config === undefined) return;
  const { templateBody, templateName, roleArn } = config;
  if (templateBody !== undefined && templateName !== undefined) {
    throw invalidRequest('A registrationConfig has either a templateBody or a templateName.');
  }
  if (templateBody !== undefined && roleArn === undefined) {
    throw invalidRequest('A registrationConfig with a templateBody needs a roleArn.');
  }
  if (context.provision === undefined && (templateBody ?? templateName) !== undefined) {
    throw new AwsApiError(
      501,
      'UnsupportedOperationException',
      'Just-in-time provisioning by a template is not served here. A rule on ' +
        '$aws/events/certificates/registered/… can activate devices instead.',
    );
  }
}

function readOne(pem: string, what: string): Certificate {
  const certificates = readOrRefuse(what, certificateInvalid, () => readCertificates(pem));
  const [certificate] = certificates;
  if (certificate !== undefined && certificates.length === 1) return certificate;
  throw certificateInvalid(`${what} is not one certificate but ${certificates.length}.`);
}
