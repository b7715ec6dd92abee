import type { Place } from './place.ts';

/** What the blog post does by openssl, the AWS CLI and mosquitto_pub, with the names of this demo. */
export interface Names {
  readonly device: string;
  readonly lateDevice: string;
  readonly allowListTable: string;
  readonly place: Place;
}

const signed = (name: string, commonName: string): readonly string[] => [
  `openssl genrsa -out ${name}.key 2048`,
  `openssl req -new -key ${name}.key -subj "/O=Makers/CN=${commonName}" -out ${name}.csr`,
  `openssl x509 -req -in ${name}.csr -CA rootCA.pem -CAkey rootCA.key -CAcreateserial -out ${name}.pem -days 500 -sha256`,
];

const published = ({ place: { caFile, mqttsPort } }: Names, name: string): string =>
  `mosquitto_pub --cafile ${shellWord(caFile)} --cert ${name}AndCA.pem --key ${name}.key -h localhost -p ${mqttsPort} ` +
  `-q 1 -i ${name} -t anom/detect -m Hello`;

/** A word that the shell leaves as it is. */
function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The command lines of each step, by what it does. One builds on those before it: ids are kept in variables of the
 * shell, as the certificates that the lines make are others than the demo's.
 */
export const commandLines = {
  /** Without them the AWS CLI would take the credentials that are there, and change what is on AWS. */
  findCloud: ({ endpointUrl, region, isToBeStarted }: Place) => [
    ...(isToBeStarted ? ['# first, in another terminal of this folder: npx glasshouse start --no-demo'] : []),
    `export AWS_ENDPOINT_URL=${endpointUrl} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    'export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any',
  ],
  makeCa: () => [
    'openssl genrsa -out rootCA.key 2048',
    'openssl req -x509 -new -nodes -key rootCA.key -sha256 -days 1024 -subj "/O=Makers/CN=Makers root" -out rootCA.pem',
  ],
  registerCa: () => [
    'code=$(aws iot get-registration-code --query registrationCode --output text)',
    ...signed('verification', '$code'),
    'ca=$(aws iot register-ca-certificate --ca-certificate file://rootCA.pem --verification-cert file://verification.pem ' +
      '--set-as-active --allow-auto-registration --query certificateId --output text)',
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
    `npx glasshouse devices ${device}`,
  ],
  hear: (names: Names) => [
    // The subscriber is there before the message.
    'npx glasshouse subscribe anom/detect --count 1 & sleep 5',
    published(names, names.device),
  ],
  deactivateCa: (names: Names) => [
    'aws iot update-ca-certificate --certificate-id "$ca" --new-status INACTIVE',
    ...signed(names.lateDevice, names.lateDevice),
    `cat ${names.lateDevice}.pem rootCA.pem > ${names.lateDevice}AndCA.pem`,
    published(names, names.lateDevice),
  ],
  revoke: (names: Names) => [
    // The id of a certificate is its fingerprint.
    `certificate=$(openssl x509 -in ${names.device}.pem -outform DER | openssl dgst -sha256 -r | cut -c1-64)`,
    'aws iot update-certificate --certificate-id "$certificate" --new-status REVOKED',
    published(names, names.device),
    'npx glasshouse why "$certificate"',
  ],
} as const;
