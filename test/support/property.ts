import * as fc from "fast-check";

/** The same values in each run, so that a run tells of the code and not of the dice; FAST_CHECK_SEED throws them anew. */
fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_261_122) });

export { fc };
