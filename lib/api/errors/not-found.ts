import { EceApiError } from "./errors";

/** The outcome of a read, or undefined when the platform says that the thing does not exist. */
export async function undefinedIfNotFound<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof EceApiError && error.isNotFound) return undefined;
    throw error;
  }
}
