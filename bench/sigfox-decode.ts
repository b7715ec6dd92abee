import { isDeepStrictEqual } from 'node:util';
import { compilePayloadDecoder } from '../shared/sigfox/payload-decoder.ts';
import { median, type Measurement } from './measurement.ts';
import { naiveDecoder, waylayDecoder, type Decode } from './sigfox-decoders.ts';

const ROUNDS = 7;
const PAYLOADS = 1_000;

/** Ten fields of whole bytes: what every decoder can read. */
const WHOLE_BYTES =
  'a::uint:8 b::int:16 c::uint:8 d::int:8 e::uint:16 f::uint:8 g::uint:8 h::int:8 i::uint:8 j::uint:8';

/** Ten fields as devices pack them: flags, parts of bytes, a float the other way round, scales. */
const PACKED =
  'open::bool:7 tamper::bool:6 mode:0:uint:6::5 temperature:1:int:16:/100 humidity::uint:8:/2 ' +
  'light::float:32:little-endian counter::uint:12::7 level::uint:4::3 battery:10:uint:8:*20 echo::uint:8';

/** Twelve bytes each, all different. */
const payloads = Array.from({ length: PAYLOADS }, (_, index) =>
  Array.from({ length: 12 }, (_byte, at) =>
    ((index * 31 + at * 97 + ((index * at) % 251)) % 256).toString(16),
  )
    .map((digits) => digits.padStart(2, '0'))
    .join(''),
);

interface Decoder {
  readonly what: string;
  readonly decode: Decode;
  readonly passes: number;
  /** The least that the compiled decoder is faster by. */
  readonly limit: number;
  readonly rates: number[];
}

/** How many messages of ten fields are decoded in a second, beside other ways to do the same. */
export function measureDecoding(): Measurement[] {
  const own = decoder('compiled', compilePayloadDecoder(WHOLE_BYTES), 500, 1);
  const packed = decoder('compiled', compilePayloadDecoder(PACKED), 500, 1);
  const naive = decoder('config read for each message', naiveDecoder(WHOLE_BYTES), 200, 1.5);
  const waylay = waylayDecoder(WHOLE_BYTES);
  const peers = [naive, ...(waylay === undefined ? [] : [decoder('sigfox-parser', waylay, 20, 10)])];
  if (waylay === undefined) process.stderr.write('  sigfox-parser is not installed: not compared with it\n');
  for (const { what, decode } of peers) {
    const differing = payloads.find((hex) => !isDeepStrictEqual({ ...decode(hex) }, { ...own.decode(hex) }));
    if (differing !== undefined) throw new Error(`${what} decodes ${differing} otherwise`);
  }
  // Turn by turn, so that whatever disturbs the machine disturbs each of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of [own, packed, ...peers]) one.rates.push(rate(one));
  }
  const value = median(own.rates) / 1e6;
  return [
    {
      what: 'Sigfox payload, 12 bytes, ten fields of whole bytes',
      value,
      unit: 'M/s',
      bound: { of: 'value', at: 'least', limit: 1 },
    },
    {
      what: 'the same with flags, parts of bytes, a float, scales',
      value: median(packed.rates) / 1e6,
      unit: 'M/s',
      bound: { of: 'value', at: 'least', limit: 1 },
    },
    ...peers.map(({ what, rates, limit }): Measurement => ({
      what: 'Sigfox payload, 12 bytes, ten fields of whole bytes',
      value,
      unit: 'M/s',
      against: { what, value: median(rates) / 1e6 },
      bound: { of: 'ratio', at: 'least', limit },
    })),
  ];
}

function decoder(what: string, decode: Decode, passes: number, limit: number): Decoder {
  return { what, decode, passes, limit, rates: [] };
}

let sink = 0;

/** Messages a second; of each a field is looked at. */
function rate({ decode, passes }: Decoder): number {
  const startedMs = performance.now();
  for (let pass = 0; pass < passes; pass += 1) {
    for (const hex of payloads) if (decode(hex)['a'] === 1) sink += 1;
  }
  return (passes * PAYLOADS * 1_000) / (performance.now() - startedMs);
}
