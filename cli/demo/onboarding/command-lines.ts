/** What the blog post does by openssl, the AWS CLI and mosquitto_pub, with the names of this demo. */
export interface Names {
  readonly device: string;
  readonly lateDevice: string;
  readonly allowListTable: string;
  readonly mqttsPort: string;
  readonly caFile: string;
}

const signed = (name: string, commonName: string): readonly string[] => [
  `openssl genrsa -out ${name}.key 2048`,
  `openssl req -new -key ${name}.key -subj "/O=Makers/CN=${commonName}" -out ${name}.csr`,
  `openssl x509 -req -in ${name}.csr -CA rootCA.pem -CAkey rootCA.key -CAcreateserial -out ${name}.pem -days 500 -sha256`,
];

const published = ({ caFile, mqttsPort }: Names, name: string): string =>
  `mosquitto_pub --cafile ${caFile} --cert ${name}AndCA.pem --key ${name}.key -h localhost -p ${mqttsPort} ` +
  `-q 1 -i ${name} -t anom/detect -m Hello`;

/** The command lines of each step, by what it does. */
export const commandLines = {
  makeCa: () => [
    'openssl genrsa -out rootCA.key 2048',
    'openssl req -x509 -new -nodes -key rootCA.key -sha256 -days 1024 -subj "/O=Makers/CN=Makers root" -out rootCA.pem',
  ],
  registerCa: () => [
    'code=$(aws iot get-registration-code --query registrationCode --output text)',
    ...signed('verification', '$code'),
    'aws iot register-ca-certificate --ca-certificate file://rootCA.pem --verification-cert file://verification.pem ' +
      '--set-as-active --allow-auto-registration',
  ],
  makeDevice: ({ device, allowListTable }: Names) => [
    ...signed(device, device),
    `cat ${device}.pem rootCA.pem > ${device}AndCA.pem`,
    `aws dynamodb put-item --table-name ${allowListTable} --item '${JSON.stringify({
      listing: { S: `name/${device}` },
      decision: { S: 'allow' },
    })}'`,
  ],
  connect: (names: Names) => [published(names, names.device)],
  describe: ({ device }: Names) => [
    `aws iot describe-thing --thing-name ${device}`,
    `glasshouse devices ${device}`,
  ],
  hear: (names: Names) => ["glasshouse subscribe 'anom/detect'", published(names, names.device)],
  deactivateCa: (names: Names, caCertificateId: string) => [
    `aws iot update-ca-certificate --certificate-id ${caCertificateId} --new-status INACTIVE`,
    ...signed(names.lateDevice, names.lateDevice),
    `cat ${names.lateDevice}.pem rootCA.pem > ${names.lateDevice}AndCA.pem`,
    published(names, names.lateDevice),
  ],
  revoke: (names: Names, certificateId: string) => [
    `aws iot update-certificate --certificate-id ${certificateId} --new-status REVOKED`,
    published(names, names.device),
    `glasshouse why ${certificateId.slice(0, 8)}`,
  ],
} as const;
