import { servePlugin } from "../../../lib/plugin/protocol";
import { nullProvider } from "./provider";

void servePlugin(nullProvider);
