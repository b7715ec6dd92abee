/**
 * MD2, which AWS IoT SQL has and Node's crypto has not. Source: RFC 1319, with its erratum for the checksum.
 *
 * @returns sixteen bytes
 */
export function md2(message: Uint8Array): Uint8Array {
  const padding = BLOCK - (message.length % BLOCK);
  const padded = new Uint8Array(message.length + padding).fill(padding);
  padded.set(message);
  const state = new Uint8Array(STATE);
  const checksum = new Uint8Array(BLOCK);
  for (let start = 0; start < padded.length; start += BLOCK) {
    const block = padded.subarray(start, start + BLOCK);
    addToChecksum(checksum, block);
    digestBlock(state, block);
  }
  digestBlock(state, checksum);
  return state.slice(0, BLOCK);
}

const BLOCK = 16;
const STATE = 48;
const ROUNDS = 18;

/** A permutation of the bytes, made of the digits of pi: section 3.2 of the RFC. */
const PI_BYTES = Buffer.from(
  '292e43c9a2d87c013d3654a1ecf0061362a705f3c0c7738c98932bd9bc4c82ca1e9b573cfdd4e01667426f188a17e512' +
    'be4ec4d6da9ede49a0fbf58ebb2fee7aa968799115b2073f94c210890b225f21807f5d9a5a903227353ecce7bff79703' +
    'ff1930b348a5b5d1d75e922aac56aac64fb838d296a47db676fc6be29c7404f1459d705964718720865bcf65e62da802' +
    '1b6025adaeb0b9f61c46616934407e0f5547a323dd51af3ac35cf9cebac5ea262c530d6e85288409d3dfcdf441814d52' +
    '6adc37c86cc1abfa24e17b080cbdb14a7888958be363e86de9cbd5fe3b001d39f2efb70e6658d0e4a67772f8eb754b0a' +
    '314450b48fed1f1adb998d339f118314',
  'hex',
);

function addToChecksum(checksum: Uint8Array, block: Uint8Array): void {
  let last = checksum[BLOCK - 1] ?? 0;
  for (let index = 0; index < BLOCK; index += 1) {
    last = (checksum[index] ?? 0) ^ (PI_BYTES[(block[index] ?? 0) ^ last] ?? 0);
    checksum[index] = last;
  }
}

function digestBlock(state: Uint8Array, block: Uint8Array): void {
  for (let index = 0; index < BLOCK; index += 1) {
    const byte = block[index] ?? 0;
    state[BLOCK + index] = byte;
    state[2 * BLOCK + index] = byte ^ (state[index] ?? 0);
  }
  let carry = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let index = 0; index < STATE; index += 1) {
      carry = (state[index] ?? 0) ^ (PI_BYTES[carry] ?? 0);
      state[index] = carry;
    }
    carry = (carry + round) & 0xff;
  }
}
