import { deleteCa, registerCa, requireCa, updateCa } from '../../registry/cas.ts';
import type { CaRecord, RegistrationConfig } from '../../registry/cas-store.ts';
import { notFound } from '../../registry/errors.ts';
import { readMarkerPage } from '../../registry/markers.ts';
import { registrationCode } from '../../registry/registration-code.ts';
import type { SecurityContext } from '../../registry/security-context.ts';
import type { Input, OperationGroup } from '../operation.ts';
import { readId } from './certificates.ts';

/** The CAs whose certificates devices may come with. */
export const caOperations = {
  GetRegistrationCode(_input, context) {
    return { registrationCode: registrationCode(context) };
  },

  DeleteRegistrationCode(_input, context) {
    if (context.cas.registrationCode() === undefined)
      throw notFound('Registration code of', context.accountId);
    context.cas.setRegistrationCode(undefined);
    return {};
  },

  RegisterCACertificate(input, context) {
    const { caCertificate, verificationCertificate, setAsActive, allowAutoRegistration, tags = [] } = input;
    return context.database.transaction(() => {
      const ca = registerCa(context, {
        caCertificate,
        verificationCertificate,
        isActive: setAsActive === true,
        isAutoRegistration: allowAutoRegistration === true,
        mode: input.certificateMode === 'SNI_ONLY' ? 'SNI_ONLY' : 'DEFAULT',
        registrationConfig: readConfig(input.registrationConfig),
      });
      const named = nameOf(context, ca);
      context.tags.set(named.certificateArn, tags);
      return named;
    });
  },

  DescribeCACertificate({ certificateId }, context) {
    const ca = requireCa(context, readId(certificateId));
    return {
      certificateDescription: {
        ...nameOf(context, ca),
        ...statusOf(ca),
        certificatePem: ca.pem,
        ownedBy: context.accountId,
        creationDate: new Date(ca.createdAtMs),
        autoRegistrationStatus: ca.isAutoRegistration ? 'ENABLE' : 'DISABLE',
        lastModifiedDate: new Date(ca.modifiedAtMs),
        customerVersion: ca.version,
        generationId: ca.generationId,
        validity: {
          notBefore: new Date(ca.certificate.notBeforeMs),
          notAfter: new Date(ca.certificate.notAfterMs),
        },
        certificateMode: ca.mode,
      },
      registrationConfig: ca.registrationConfig,
    };
  },

  UpdateCACertificate(input, context) {
    const { newStatus, newAutoRegistrationStatus, registrationConfig, removeAutoRegistration } = input;
    updateCa(context, readId(input.certificateId), {
      isActive: newStatus === undefined ? undefined : newStatus === 'ACTIVE',
      isAutoRegistration:
        newAutoRegistrationStatus === undefined ? undefined : newAutoRegistrationStatus === 'ENABLE',
      registrationConfig: readConfig(registrationConfig),
      removeAutoRegistration,
    });
    return {};
  },

  DeleteCACertificate({ certificateId }, context) {
    const id = readId(certificateId);
    deleteCa(context, id);
    context.tags.remove(context.arns.of('cacert', id));
    return {};
  },

  ListCACertificates(request, context) {
    const { templateName } = request;
    const { items, next } = readMarkerPage(request, ['ListCACertificates', templateName], (page) =>
      context.cas.list(page, templateName),
    );
    return {
      certificates: items.map((ca) => ({
        ...nameOf(context, ca),
        ...statusOf(ca),
        creationDate: new Date(ca.createdAtMs),
      })),
      ...next,
    };
  },
} satisfies OperationGroup<SecurityContext>;

function nameOf({ arns }: SecurityContext, { certificateId }: CaRecord) {
  return { certificateArn: arns.of('cacert', certificateId), certificateId };
}

function statusOf({ isActive }: CaRecord) {
  return { status: isActive ? 'ACTIVE' : 'INACTIVE' } as const;
}

function readConfig(
  config: Input<'RegisterCACertificate'>['registrationConfig'],
): RegistrationConfig | undefined {
  if (config === undefined) return undefined;
  const { templateBody, templateName, roleArn } = config;
  return { templateBody, templateName, roleArn };
}
