import { z } from 'zod';
import { certificateIdIn, iotArn } from './iot-name.ts';
import { readProperties, withoutLocalEffect, type ResourceType } from './resource-type.ts';

const CA = 'AWS::IoT::CACertificate';
const CERTIFICATE = 'AWS::IoT::Certificate';

const caSchema = z.strictObject({
  CACertificatePem: z.string(),
  VerificationCertificatePem: z.string().optional(),
  CertificateMode: z.enum(['DEFAULT', 'SNI_ONLY']).default('DEFAULT'),
  Status: z.enum(['ACTIVE', 'INACTIVE']),
  AutoRegistrationStatus: z.enum(['ENABLE', 'DISABLE']).default('DISABLE'),
  RegistrationConfig: z
    .strictObject({
      RoleArn: z.string().optional(),
      TemplateBody: z.string().optional(),
      TemplateName: z.string().optional(),
    })
    .optional(),
  RemoveAutoRegistration: withoutLocalEffect,
  Tags: withoutLocalEffect,
});

// A CertificateSigningRequest is refused: its certificate, and so its id, would be another one in each cloud.
const certificateSchema = z.strictObject({
  CertificatePem: z.string(),
  CACertificatePem: z.string().optional(),
  CertificateMode: z.enum(['DEFAULT', 'SNI_ONLY']).default('DEFAULT'),
  Status: z.enum(['ACTIVE', 'INACTIVE', 'REVOKED']),
});

/** A CA whose certificates devices may come with. */
export const iotCaCertificate: ResourceType = {
  type: CA,
  name(logicalId, properties, place, resolve) {
    const id = certificateIdIn(resolve(properties['CACertificatePem']), 'CACertificatePem', logicalId);
    return { ref: id, attributes: { Arn: iotArn(place, `cacert/${id}`), Id: id } };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(caSchema, properties, CA, logicalId);
    const { RegistrationConfig: config } = read;
    return {
      kind: 'ca-certificate',
      logicalId,
      name,
      pem: read.CACertificatePem,
      verificationPem: read.VerificationCertificatePem,
      isActive: read.Status === 'ACTIVE',
      isAutoRegistration: read.AutoRegistrationStatus === 'ENABLE',
      mode: read.CertificateMode,
      registrationConfig:
        config === undefined
          ? undefined
          : {
              templateBody: config.TemplateBody,
              templateName: config.TemplateName,
              roleArn: config.RoleArn,
            },
    };
  },
};

/** A device's certificate that stands in the template. */
export const iotCertificate: ResourceType = {
  type: CERTIFICATE,
  name(logicalId, properties, place, resolve) {
    const id = certificateIdIn(resolve(properties['CertificatePem']), 'CertificatePem', logicalId);
    return { ref: id, attributes: { Arn: iotArn(place, `cert/${id}`), Id: id } };
  },
  create(logicalId, { ref: name }, properties) {
    const read = readProperties(certificateSchema, properties, CERTIFICATE, logicalId);
    return {
      kind: 'iot-certificate',
      logicalId,
      name,
      pem: read.CertificatePem,
      caPem: read.CACertificatePem,
      status: read.Status,
      mode: read.CertificateMode,
    };
  },
};
