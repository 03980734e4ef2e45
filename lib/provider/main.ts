import { servePlugin } from "../plugin/protocol";
import { eceProvider } from "./index";

void servePlugin(eceProvider());
