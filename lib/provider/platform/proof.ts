import {
  DiagnosticError,
  UNKNOWN,
  equalValues,
  schemaType,
  type Attribute,
  type ModifyPlanRequest,
  type ObjectValue,
  type PrivateState,
  type Resource,
} from "../../plugin/framework";
import type { Ece } from "./ece";
import { givenUpIds, warnOfGivenUpHost, warnOfGivenUpPlatform } from "./given-up";
import {
  compare,
  describeIdentity,
  describeUnread,
  remember,
  type PlatformIdentity,
  type PlatformSight,
} from "./identity";

import { tryBriefly } from "./wait";
import { comparePlatformId, isSamePlatformId, notThatPlatform, platformIdOf, provePlatformId } from "./platform-id";

/** Where the private state of every resource keeps the platform that it was made on. */
const KEY = "platform";

/**
 * The resource, with a proof before each operation that the platform is the one that its state was made on.
 *
 * Terraform promises neither a refresh nor a plan before an apply, so the proof is the first thing in update and delete.
 * On another platform nothing is changed, and "not found" means nothing. Before a create
 * Terraform plans anew and drops what a saved plan had remembered, so what is made is bound to a platform by its argument
 * `platform_id`, which stands in the plan; that of a resource without such an argument is planned as known for that.
 */
export function onItsPlatform(resource: Resource<Ece>): Resource<Ece> {
  const type = schemaType(resource.schema);
  const { platform_id: platformId } = resource.schema.attributes;
  return {
    ...resource,

    async modifyPlan(request, response) {
      await resource.modifyPlan?.(request, response);
      const { providerData: ece, state, privateState } = request;
      if (ece === undefined) return;
      const { plan, diagnostics } = response;
      if (plan !== null && platformId !== undefined) await planPlatformId(platformId, { ...request, plan });
      if (!equalValues(type, state, plan)) warnOfGivenUpHost(state, plan, ece.givenUp, diagnostics);
      const remembered = identityIn(privateState);
      if (state === null || remembered === undefined) return;
      const lost = givenUpIds(remembered, ece.givenUp);
      if (lost.length > 0) return warnOfGivenUpPlatform(lost, ece.givenUp, diagnostics);
      if (!ece.isKnown) return;
      const now = await tryLook(ece, request.signal);
      if (now !== undefined && compare(remembered, now) === "other") throw otherPlatform(remembered, now);
    },

    async create(request, response) {
      // What is remembered is what stood there before, so that no token witnesses for itself.
      const { providerData: ece } = request;
      const identity = remember(await ece.platformSight(request.signal));
      refuseGivenUp(identity, ece);
      const { platform_id: wanted } = request.plan;
      if (typeof wanted === "string") await provePlatformId(ece, wanted, request.signal);
      try {
        await resource.create(request, response);
      } finally {
        if (response.state !== null && platformId !== undefined && typeof wanted !== "string")
          response.state.platform_id = identity === undefined ? null : platformIdOf(identity);
        response.privateState = withIdentity(response.privateState, identity);
      }
    },

    async read(request, response) {
      const { providerData: ece, signal, privateState } = request;
      const remembered = identityIn(privateState);
      // Nothing can be read of what is gone; what is stored stays until it is destroyed.
      if (givenUpIds(remembered, ece.givenUp).length > 0) return;
      if (!ece.isKnown) return resource.read(request, response);

      const now = await ece.platformSight(signal);
      const verdict = remembered === undefined ? "same" : compare(remembered, now);
      if (remembered !== undefined && verdict === "other") throw otherPlatform(remembered, now);
      if (remembered !== undefined && verdict === "same") trust(remembered, ece);
      await resource.read(request, response);
      if (verdict === "unproven" && response.state === null) {
        response.state = request.state;
        response.diagnostics.addWarning(
          "Not found on a platform that may be another one",
          `${ece.client.endpoint} does not show it, but could not be proven to be the platform that it was made on, so the state stays as it is. ${describeUnread(now)}`,
        );
      }
      const identity = verdict === "same" ? (remember(now, remembered) ?? remembered) : remembered;
      if (response.state !== null && platformId !== undefined && identity !== undefined) {
        const { platform_id: known } = response.state;
        // An id that nothing shows any more, as when the security deployment was made anew, helps nobody.
        const isStale = typeof known === "string" && !platformId.optional && verdict === "same" && !isShown(known, now);
        if (typeof known !== "string" || isStale) response.state.platform_id = platformIdOf(identity);
      }
      response.privateState = withIdentity(response.privateState, identity);
    },

    update: resource.update
      ? async (request, response) => {
          const { providerData: ece, plan, state, signal } = request;
          const identity = await provePlatform(ece, request.privateState, signal);
          const { platform_id: wanted = null } = plan;
          const { platform_id: before = null } = state;
          if (typeof wanted === "string" && wanted !== before) await provePlatformId(ece, wanted, signal);
          try {
            const isAllThatChanges = wanted !== before && equalValues(type, { ...plan, platform_id: before }, state);
            if (isAllThatChanges) response.state = plan;
            else await resource.update?.(request, response);
          } finally {
            response.privateState = withIdentity(response.privateState, identity);
          }
        }
      : undefined,

    async delete(request, response) {
      if (isOnGivenUpPlatform(request.privateState, request.providerData)) return;
      await provePlatform(request.providerData, request.privateState, request.signal);
      await resource.delete(request, response);
    },

    importState: resource.importState
      ? async (request, response) => {
          await resource.importState?.(request, response);
          const now = await request.providerData.platformSight(request.signal);
          response.privateState = withIdentity(response.privateState, remember(now));
        }
      : undefined,
  };
}

/** Whether what the private state belongs to was made on a platform that is given up, so that its Delete touches nothing. */
export function isOnGivenUpPlatform(privateState: PrivateState, { givenUp }: Ece): boolean {
  return givenUpIds(identityIn(privateState), givenUp).length > 0;
}

/** What the plan can know of the platform's id; throws where the argument names another platform. */
async function planPlatformId(
  attribute: Attribute,
  { providerData: ece, config, state, plan, signal }: ModifyPlanRequest<Ece> & { readonly plan: ObjectValue },
): Promise<void> {
  const { platform_id: configured = null } = config;
  const { platform_id: before = null } = state ?? {};
  if (typeof configured === "string" && typeof before === "string" && isSamePlatformId(configured, before)) {
    plan.platform_id = before;
    return;
  }
  if (ece?.isKnown !== true) return;
  if (typeof configured === "string") {
    const now = await tryLook(ece, signal);
    if (now !== undefined && comparePlatformId(configured, now, ece) === "other")
      throw notThatPlatform(configured, now);
  } else if (state === null && !attribute.optional) {
    plan.platform_id = (await tryLook(ece, signal))?.deployment?.[0] ?? UNKNOWN;
  }
}

/** Who the platform is, as far as a plan can learn it without waiting for long. */
function tryLook(ece: Ece, signal: AbortSignal): Promise<PlatformSight | undefined> {
  return tryBriefly(signal, (patience) => ece.platformSight(patience));
}

function trust({ deployment, tokens }: PlatformIdentity, { provenIds }: Ece): void {
  for (const id of [...deployment, ...tokens]) provenIds.add(id);
}

/** Whether a platform still shows a part of the id, or did not show all of itself. */
function isShown(id: string, { deployment, tokens }: PlatformSight): boolean {
  if (deployment === undefined || tokens === undefined) return true;
  return isSamePlatformId(id, [...deployment, ...tokens].join(","));
}

/** The identity to store; throws where the platform is not, or is not proven to be, the remembered one. */
export async function provePlatform(
  ece: Ece,
  privateState: PrivateState,
  signal: AbortSignal,
): Promise<PlatformIdentity | undefined> {
  const remembered = identityIn(privateState);
  const now = await ece.platformSight(signal);
  if (remembered === undefined) return remember(now);
  const verdict = compare(remembered, now);
  if (verdict === "other") throw otherPlatform(remembered, now);
  if (verdict === "unproven") throw unprovenPlatform(remembered, now);
  trust(remembered, ece);
  return remember(now, remembered);
}

function otherPlatform(remembered: PlatformIdentity, now: PlatformSight): DiagnosticError {
  return new DiagnosticError(
    "This is another ECE platform",
    `It was made on the platform that answered at ${remembered.endpoint} and is known by ${describeIdentity(remembered)}.\n\n${now.endpoint} shows ${describeIdentity(now)}: none of these ids matches, so nothing was changed.\n\nPoint the provider (endpoint, or ECE_ENDPOINT) to the first platform and run the command again. ${describeWayOut(remembered)}`,
  );
}

function unprovenPlatform(remembered: PlatformIdentity, now: PlatformSight): DiagnosticError {
  return new DiagnosticError(
    "Unable to prove that this is the right ECE platform",
    `It was made on the platform that answered at ${remembered.endpoint} and is known by ${describeIdentity(remembered)}. ${now.endpoint} does not show enough of itself to tell, so nothing was changed.\n\n${describeUnread(now)}\n\nRun the command again when the platform answers, with credentials that may read its security deployment or its roles tokens. ${describeWayOut(remembered)}`,
  );
}

/** What to do where the remembered platform never comes back; a deleted block has no argument, so it is one of the provider. */
function describeWayOut({ deployment, tokens }: PlatformIdentity): string {
  return `If that platform is gone for good, or was made anew, give it up in the provider's configuration: given_up { platforms = [${JSON.stringify([...deployment, ...tokens][0])}] }. What was made on it can then be destroyed, which takes it out of the state and touches no platform.`;
}

/** Nothing is made where it would be forgotten without being removed. */
function refuseGivenUp(identity: PlatformIdentity | undefined, ece: Ece): void {
  const ids = givenUpIds(identity, ece.givenUp);
  if (ids.length === 0) return;
  throw new DiagnosticError(
    "This ECE platform is given up",
    `The platform at ${ece.client.endpoint} is known by ${ids.join(", ")}, which the provider's given_up.platforms lists: what is made on it would be forgotten and never removed, so nothing was made. Take it out of given_up.platforms, or point the provider (endpoint, or ECE_ENDPOINT) to another platform.`,
  );
}

/** The platform in a private state, read leniently: versions before 0.2.0 stored none. */
function identityIn(privateState: PrivateState): PlatformIdentity | undefined {
  const stored = privateState[KEY] as Partial<PlatformIdentity> | null | undefined;
  if (stored === null || typeof stored !== "object") return undefined;
  const { endpoint, deployment, tokens } = stored;
  return { endpoint: String(endpoint), deployment: texts(deployment), tokens: texts(tokens) };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

function withIdentity(privateState: PrivateState, identity: PlatformIdentity | undefined): PrivateState {
  return identity === undefined ? privateState : { ...privateState, [KEY]: identity };
}
