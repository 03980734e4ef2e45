/** What is wrong with a value, and what to do about it. */
export interface Complaint {
  readonly message: string;
  readonly remedy: string;
}

const EXAMPLE = "Give it as https://HOST:12443, the address at which the coordinators serve the API.";

/** What is wrong with the address of the API; undefined where nothing is. It never shows credentials. */
export function endpointComplaint(text: string): Complaint | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Without a scheme, the parser finds no credentials in it; they must not be shown all the same.
  if (url?.username || url?.password || /^(?:[^/]*\/\/)?[^/]*@/.test(text)) {
    return {
      message: "The endpoint holds a user name or a password.",
      remedy: "Take them out of the endpoint and give them as credentials.",
    };
  }
  if (!url || !["http:", "https:"].includes(url.protocol))
    return { message: `The endpoint "${text}" is not an http or https address.`, remedy: EXAMPLE };

  if (url.search || url.hash)
    return { message: `The endpoint ${url.origin} must not have a query or a fragment.`, remedy: EXAMPLE };

  const [inside] = /\/api\/v1\/.*[^/]/.exec(url.pathname) ?? [];
  if (inside === undefined) return undefined;
  return {
    message: `The endpoint ${url.origin} leads into the API (${inside}).`,
    remedy: "Leave that out: the region and the paths of the API are added to the endpoint.",
  };
}
