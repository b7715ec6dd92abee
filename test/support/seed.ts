import fc from 'fast-check';

/** Every property of every run tries the same values, so that what passes here passes there; another seed tries others. */
const seed = Number(process.env['GLASSHOUSE_SEED'] ?? 20_261_121);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
