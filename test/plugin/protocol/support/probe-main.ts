import { servePlugin } from "../../../../lib/plugin/protocol";
import { probeProvider } from "./probe-provider";

void servePlugin(probeProvider);
