#include "plugins/webhook/webhook_input.h"

using telltale::webhook::WebhookInput;
TELLTALE_PLUGIN(WebhookInput)
