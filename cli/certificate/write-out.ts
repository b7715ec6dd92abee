import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '../../shared/errors.ts';
import { CommandError } from '../errors.ts';
import { quoted } from '../terminal.ts';
import type { IssuedCertificate } from './issue.ts';
import { folderOf, type Vault } from './vault.ts';

/** What people have done where a folder cannot be had, by the code of the file system. */
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file: name a folder',
  ENOTDIR: 'a part of its path is a file: name a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'nothing can be written there',
};

/**
 * Makes the folder of `--out`, and finds out whether it can be written to: before anything is issued.
 *
 * @throws CommandError OUT_UNUSABLE
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CommandError(
      'OUT_UNUSABLE',
      `--out ${quoted(folder, 200)} cannot be used: ${reasonOf(cause)}; nothing was issued`,
      { cause },
    );
  }
}

/**
 * Writes a certificate and its key. The certificate is `certificate.pem`, unless another one is called so, which may be
 * the one in use: then its id is in its name, as it always is in the key's.
 *
 * @returns the names of the two files
 * @throws CommandError OUT_NOT_WRITTEN, which says where they can be had
 */
export async function writeIssued(
  folder: string,
  { metadata, certificatePem, privateKeyPem }: IssuedCertificate,
  { bucket }: Vault,
): Promise<readonly string[]> {
  const { thingName, certificateId } = metadata;
  const beginning = certificateId.slice(0, 12);
  const key = `${beginning}-private-key.pem`;
  const plain = 'certificate.pem';
  try {
    const isPlain = await writeNew(path.join(folder, plain), certificatePem);
    const certificate = isPlain ? plain : `${beginning}-${plain}`;
    if (!isPlain) await requireNew(path.join(folder, certificate), certificatePem);
    await requireNew(path.join(folder, key), privateKeyPem, 0o600);
    return [certificate, key];
  } catch (cause) {
    throw new CommandError(
      'OUT_NOT_WRITTEN',
      `${cause instanceof CommandError ? cause.message : `${quoted(folder, 200)} cannot be written to: ${reasonOf(cause)}`}; ` +
        `the certificate ${certificateId} is there and kept with its key, which can be had by: ${fetchLine(bucket, thingName, certificateId)}`,
      { cause },
    );
  }
}

/** What can be pasted to have what is kept of a thing, or of one certificate of it. */
export function fetchLine(bucket: string, thingName: string, certificateId = ''): string {
  return `aws s3 cp --recursive s3://${bucket}/${folderOf(thingName, certificateId)} ${thingName}`;
}

async function requireNew(file: string, text: string, mode?: number): Promise<void> {
  if (await writeNew(file, text, mode)) return;
  throw new CommandError('FILE_IS_ANOTHER', `${quoted(file, 200)} holds another one`);
}

/**
 * What is there is not written over: a key may be the only one of a device. A run that was cut off may have written the
 * same.
 *
 * @returns whether the file has the text now
 */
async function writeNew(file: string, text: string, mode = 0o644): Promise<boolean> {
  try {
    await writeFile(file, text, { mode, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return (await readFile(file, 'utf8')) === text;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? errorText(error);
}
