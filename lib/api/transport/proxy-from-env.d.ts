declare module "proxy-from-env" {
  /** Empty for none. */
  export function getProxyForUrl(url: string): string;
}
