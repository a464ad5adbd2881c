import { describeProfile } from './support/describe-profile.js';

describeProfile('chromium');
