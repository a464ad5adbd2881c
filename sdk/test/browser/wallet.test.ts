import { describeInRealBrowsers } from './support/anywhere/describe-anywhere.js';
import { walletSuite } from './wallet-suite.js';

describeInRealBrowsers(walletSuite);
