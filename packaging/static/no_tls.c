// SPDX-License-Identifier: BSD-2-Clause
/*
 * no_tls.c - gnutls for `make static`: none.
 *
 * Distributions build libmicrohttpd with gnutls, and there is no static gnutls to link with. The
 * exporter serves plain HTTP and never asks libmicrohttpd for TLS, so none of these functions is
 * called but gnutls_global_init(), whose answer libmicrohttpd does not use. The header of gnutls is
 * not needed to build, so the prototypes are ours.
 */
#include <stddef.h>

#define GNUTLS_E_UNIMPLEMENTED_FEATURE (-1250)

#define FAILS(name)                                    \
	int name(void);                                \
	int name(void)                                 \
	{                                              \
		return GNUTLS_E_UNIMPLEMENTED_FEATURE; \
	}
#define GIVES_NULL(name)     \
	void *name(void);    \
	void *name(void)     \
	{                    \
		return NULL; \
	}

FAILS(gnutls_alpn_set_protocols)
FAILS(gnutls_bye)
FAILS(gnutls_certificate_allocate_credentials)
FAILS(gnutls_certificate_free_credentials)
FAILS(gnutls_certificate_server_set_request)
FAILS(gnutls_certificate_set_dh_params)
FAILS(gnutls_certificate_set_retrieve_function2)
FAILS(gnutls_certificate_set_retrieve_function3)
FAILS(gnutls_certificate_set_x509_key_mem)
FAILS(gnutls_certificate_set_x509_key_mem2)
FAILS(gnutls_certificate_set_x509_trust_mem)
FAILS(gnutls_cipher_get)
FAILS(gnutls_credentials_set)
FAILS(gnutls_deinit)
FAILS(gnutls_dh_params_deinit)
FAILS(gnutls_dh_params_import_pkcs3)
FAILS(gnutls_dh_params_init)
FAILS(gnutls_global_deinit)
FAILS(gnutls_global_init)
FAILS(gnutls_handshake)
FAILS(gnutls_init)
FAILS(gnutls_priority_deinit)
FAILS(gnutls_priority_init)
FAILS(gnutls_priority_set)
FAILS(gnutls_protocol_get_version)
FAILS(gnutls_psk_allocate_server_credentials)
FAILS(gnutls_psk_free_server_credentials)
FAILS(gnutls_psk_set_server_credentials_function)
FAILS(gnutls_record_check_pending)
FAILS(gnutls_record_get_direction)
FAILS(gnutls_record_recv)
FAILS(gnutls_record_send)
GIVES_NULL(gnutls_session_get_ptr)
FAILS(gnutls_session_set_ptr)
GIVES_NULL(gnutls_strerror)
FAILS(gnutls_transport_set_int2)

/* A variable of gnutls, not a function. */
extern void *(*gnutls_malloc)(size_t size);
void *(*gnutls_malloc)(size_t size);
