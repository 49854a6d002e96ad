<?php
/**
 * Plugin Name: SeeAlso
 * Description: The shortcode [see_also] shows the similar questions of the page it stands in; posts and pages are sent as they change.
 *
 * Put this file into wp-content/plugins, write the address of the server into wp-config.php, activate the plugin, and
 * write [see_also] into a post or a template:
 *     define( 'SEEALSO_SERVER', 'https://seealso.example' );
 * To send what changes, write the secret of the server's setting hook_secret there too:
 *     define( 'SEEALSO_HOOK_SECRET', '...' );
 * The server needs the settings hooks, hook_secret and inbox for that, and `seealso inbox` must run.
 */

defined( 'ABSPATH' ) || exit;

const SEEALSO_MINUTES = 5;   // So long a panel is kept.
const SEEALSO_PAUSE   = 60;  // So many seconds a server that did not answer is left alone.
const SEEALSO_BATCH   = 20;  // So many changes are sent at a time.

// --- The panel.

add_shortcode( 'see_also', function () {
	$elsewhere = is_feed() || ( defined( 'REST_REQUEST' ) && REST_REQUEST ) || ! is_singular();
	if ( $elsewhere || ! defined( 'SEEALSO_SERVER' ) || ! empty( $GLOBALS['seealso_is_sending'] ) ) {
		return '';
	}
	$panel = seealso_kept( '/panel?url=' . rawurlencode( get_permalink( get_queried_object_id() ) ) );
	$style = '' === $panel ? '' : seealso_kept( '/static/panel.css' );
	if ( '' !== $style ) {
		wp_register_style( 'seealso', false, array(), null );
		wp_add_inline_style( 'seealso', str_replace( '</', '<\/', $style ) );
		wp_enqueue_style( 'seealso' );
	}
	return $panel;
} );

// What the server answers, kept for some minutes; nothing where it does not, and then it is not asked for a while.
function seealso_kept( $path ) {
	$key  = 'seealso_' . md5( get_option( 'seealso_round', 0 ) . $path );
	$kept = get_transient( $key );
	if ( false !== $kept || get_transient( 'seealso_is_away' ) ) {
		return (string) $kept;
	}
	$answer = wp_remote_get( SEEALSO_SERVER . $path, array( 'timeout' => 2 ) );
	$status = is_wp_error( $answer ) ? 0 : wp_remote_retrieve_response_code( $answer );
	if ( 200 !== $status && 404 !== $status ) {
		set_transient( 'seealso_is_away', 1, SEEALSO_PAUSE );
		return '';
	}
	$text = 200 === $status ? wp_remote_retrieve_body( $answer ) : '';
	set_transient( $key, $text, 200 === $status ? SEEALSO_MINUTES * MINUTE_IN_SECONDS : 30 );
	return $text;
}

// --- What changes. The address that the server was told stands with the post, so that it can be taken back there.

function seealso_is_public( $post ) {
	return $post && 'publish' === $post->post_status && '' === (string) $post->post_password
		&& in_array( $post->post_type, array( 'post', 'page' ), true );
}

add_action( 'wp_after_insert_post', function ( $id, $post, $update, $before ) {
	seealso_changed( $post, $before );
	$old = 'page' === $post->post_type && seealso_is_public( $before ) ? get_permalink( $before ) : '';
	$new = get_permalink( $post );
	if ( '' !== $old && $old !== $new && seealso_is_public( $post ) ) {
		foreach ( get_pages( array( 'child_of' => $id ) ) as $child ) { // They have its address in theirs.
			$below = get_permalink( $child );
			if ( 0 === strpos( $below, $new ) ) {
				seealso_waits( $old . substr( $below, strlen( $new ) ), $child->ID );
			}
			seealso_changed( $child, null );
		}
	}
}, 10, 4 );

add_action( 'before_delete_post', function ( $id, $post ) {
	$told = seealso_told( $post, $post );
	if ( '' !== $told ) {
		seealso_waits( $told, $id );
	}
}, 10, 2 );

add_action( 'set_object_terms', function ( $id ) {
	$post = get_post( $id );
	if ( seealso_is_public( $post ) ) {
		seealso_changed( $post, $post );
	}
} );

add_action( 'edited_term', function ( $term, $taxonomy_id, $taxonomy ) {
	foreach ( (array) get_objects_in_term( $term, $taxonomy ) as $id ) {
		seealso_changed( get_post( $id ), get_post( $id ) );
	}
}, 10, 3 );

// The address by which the server knows a post; empty where it does not.
function seealso_told( $post, $before ) {
	$told = (string) get_post_meta( $post->ID, '_seealso_address', true );
	return '' === $told && seealso_is_public( $before ) ? get_permalink( $before ) : $told;
}

function seealso_changed( $post, $before ) {
	if ( ! $post || ! in_array( $post->post_type, array( 'post', 'page' ), true ) || wp_is_post_revision( $post ) ) {
		return;
	}
	$told = seealso_told( $post, $before );
	$now  = seealso_is_public( $post ) ? get_permalink( $post ) : '';
	if ( '' !== $told && $told !== $now ) {
		seealso_waits( $told, $post->ID );
	}
	if ( '' !== $now ) {
		seealso_waits( $now, $post->ID );
		update_post_meta( $post->ID, '_seealso_address', wp_slash( $now ) );
	} else {
		delete_post_meta( $post->ID, '_seealso_address' );
	}
}

// What waits: an option for each address, so that two requests at once lose nothing.
function seealso_waits( $address, $id ) {
	if ( ! defined( 'SEEALSO_HOOK_SECRET' ) || ! defined( 'SEEALSO_SERVER' ) ) {
		return;
	}
	$name = 'seealso_waits_' . md5( $address );
	delete_option( $name ); // What waits longest is sent first, and this is news.
	add_option( $name, array( 'address' => $address, 'post' => $id ), '', 'no' );
	if ( ! has_action( 'shutdown', 'seealso_send' ) ) {
		add_action( 'shutdown', 'seealso_send', 100 );
	}
}

// --- Sending: behind the answer to whoever saved; what the server does not take is sent again by WordPress' cron.

add_action( 'seealso_send_again', 'seealso_send' );

function seealso_send() {
	global $wpdb;
	if ( ! defined( 'SEEALSO_HOOK_SECRET' ) || ! defined( 'SEEALSO_SERVER' ) ) {
		return;
	}
	if ( function_exists( 'fastcgi_finish_request' ) && ! wp_doing_cron() ) {
		fastcgi_finish_request();
	}
	$waiting = "SELECT option_name FROM $wpdb->options WHERE option_name LIKE 'seealso\\_waits\\_%' ORDER BY option_id LIMIT %d";
	$names   = $wpdb->get_col( $wpdb->prepare( $waiting, SEEALSO_BATCH + 1 ) );
	$failure = get_transient( 'seealso_is_away' ) ? 'it did not answer just now' : '';
	foreach ( array_slice( $names, 0, SEEALSO_BATCH ) as $name ) {
		if ( '' !== $failure ) {
			break;
		}
		$item    = get_option( $name );
		$failure = is_array( $item ) ? seealso_send_one( $item['address'], get_post( $item['post'] ) ) : '';
		if ( '' === $failure && get_option( $name ) === $item ) {
			delete_option( $name );
		}
	}
	update_option( 'seealso_failure', $failure, true );
	if ( ( '' !== $failure || count( $names ) > SEEALSO_BATCH ) && ! wp_next_scheduled( 'seealso_send_again' ) ) {
		wp_schedule_single_event( time() + ( '' === $failure ? 1 : SEEALSO_PAUSE ), 'seealso_send_again' );
	}
}

// Says what stands at an address now, or that nothing does; gives why it was not taken, or an empty text.
function seealso_send_one( $address, $post ) {
	$record = array( 'event' => 'deleted', 'link' => $address );
	if ( seealso_is_public( $post ) && get_permalink( $post ) === $address ) {
		$record = array_merge( $record, array( 'event' => 'saved' ), seealso_record( $post ) );
	} else {
		update_option( 'seealso_round', time() . wp_rand(), true ); // No kept panel shows it any more.
	}
	$body   = wp_json_encode( $record );
	$answer = wp_remote_post( SEEALSO_SERVER . '/api/v1/hooks/wordpress', array(
		'timeout' => 3,
		'body'    => $body,
		'headers' => array(
			'Content-Type'        => 'application/json',
			'X-SeeAlso-Signature' => 'sha256=' . hash_hmac( 'sha256', $body, SEEALSO_HOOK_SECRET ),
		),
	) );
	if ( is_wp_error( $answer ) ) {
		set_transient( 'seealso_is_away', 1, SEEALSO_PAUSE );
		return $answer->get_error_message();
	}
	$status = wp_remote_retrieve_response_code( $answer );
	if ( 400 === $status && 'saved' === $record['event'] ) { // It is no document, such as a picture alone.
		return seealso_send_one( $address, null );
	}
	if ( 202 === $status || 400 === $status ) {
		return '';
	}
	return $status . ' ' . wp_strip_all_tags( wp_remote_retrieve_body( $answer ) );
}

// A post as /wp-json/wp/v2/posts/ID?_embed answers it.
function seealso_record( $post ) {
	$terms = array();
	foreach ( get_object_taxonomies( $post ) as $taxonomy ) {
		$own = is_taxonomy_viewable( $taxonomy ) && 'post_format' !== $taxonomy ? get_the_terms( $post, $taxonomy ) : false;
		foreach ( is_array( $own ) ? $own : array() as $term ) {
			if ( 'uncategorized' !== $term->slug ) {
				$terms[] = array( 'name' => html_entity_decode( $term->name, ENT_QUOTES ) );
			}
		}
	}
	$author                        = get_userdata( $post->post_author );
	$names                         = $author && $author->display_name !== $author->user_login;
	$GLOBALS['seealso_is_sending'] = true;
	$content                       = apply_filters( 'the_content', $post->post_content );
	$GLOBALS['seealso_is_sending'] = false;
	return array(
		'title'     => array( 'rendered' => get_the_title( $post ) ),
		'content'   => array( 'rendered' => $content ),
		'date'      => $post->post_date,
		'_embedded' => array(
			'author'  => array( array( 'name' => $names ? $author->display_name : '' ) ),
			'wp:term' => array( $terms ),
		),
	);
}

add_action( 'admin_notices', function () {
	$failure = (string) get_option( 'seealso_failure', '' );
	if ( '' !== $failure && current_user_can( 'manage_options' ) ) {
		echo '<div class="notice notice-warning"><p>', esc_html(
			'SeeAlso did not take what changed; it is sent again every minute. ' . mb_substr( $failure, 0, 300 )
		), '</p></div>';
	}
} );

register_deactivation_hook( __FILE__, function () {
	wp_clear_scheduled_hook( 'seealso_send_again' );
} );
